"""Attendance casework: from a school's register to the help that works."""
