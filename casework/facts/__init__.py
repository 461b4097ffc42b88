"""Marks to counts that keep hold of their marks: exact integers, no clock, no database."""

from casework.facts.codes import CodeClass, CodeClasses, Limits
from casework.facts.plain import Facts, Register, Uncounted, Weighed
from casework.facts.summary import MEASURES, Counts, Run, Summary, Threshold

__all__ = [
    "MEASURES",
    "CodeClass",
    "CodeClasses",
    "Counts",
    "Facts",
    "Limits",
    "Register",
    "Run",
    "Summary",
    "Threshold",
    "Uncounted",
    "Weighed",
]
