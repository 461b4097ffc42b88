"""An invented trust of six schools, written as files in the formats that real systems export."""
