"""Marks to counts that keep hold of their marks: exact integers, no clock, no database."""

from casework.facts.codes import CodeClass, CodeClasses, Limits

__all__ = ["CodeClass", "CodeClasses", "Limits"]
