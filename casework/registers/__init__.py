"""A school's files -> rows and marks, or every problem in them. Pure: bytes in, a Reading out."""
