"""What a person or a clock can do or ask: one transaction each."""
