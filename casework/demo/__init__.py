"""An invented trust of five schools, written as files in the formats that real systems export."""
