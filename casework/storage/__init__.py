"""Marks, events and issued files <-> PostgreSQL. All SQL of the product is in this folder."""
