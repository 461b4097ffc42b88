"""What the Department for Education has published about absence, which the invented registers follow.

Percentages of possible sessions in state-funded schools in England, ages 5 to 15. Source: "Pupil attendance
in schools" and "Pupil absence in schools in England", Open Government Licence v3, as gathered in the data
formats reference, section 11. Rates are those of 2025/26; the shape over the weeks is that of 2024/25.
"""

from typing import NamedTuple

PHASES = ("primary", "secondary", "special")

ABSENCE = {
    "primary": {
        "I": 2.786, "M": 0.272, "C": 0.367, "C2": 0.167, "E": 0.037, "R": 0.066, "S": 0.0, "J1": 0.017,
        "T": 0.014, "C1": 0.003, "O": 0.794, "G": 0.535, "U": 0.169, "N": 0.049,
    },
    "secondary": {
        "I": 3.627, "M": 0.376, "C": 0.426, "C2": 0.321, "E": 0.289, "R": 0.058, "S": 0.1, "J1": 0.016,
        "T": 0.003, "C1": 0.005, "O": 2.608, "G": 0.314, "U": 0.296, "N": 0.049,
    },
    "special": {
        "I": 5.019, "M": 1.015, "C": 1.675, "C2": 1.588, "E": 0.174, "R": 0.053, "S": 0.023, "J1": 0.01,
        "T": 0.007, "C1": 0.005, "O": 2.8, "G": 0.407, "U": 0.323, "N": 0.069,
    },
}  # fmt: skip
OVERALL = {"primary": 5.28, "secondary": 8.49, "special": 13.17}
AUTHORISED = {"primary": 3.73, "secondary": 5.22, "special": 9.57}
UNAUTHORISED = {"primary": 1.55, "secondary": 3.27, "special": 3.60}
PERSISTENT = {"primary": 13.77, "secondary": 23.77, "special": 36.06}
SEVERE = {"primary": 0.85, "secondary": 3.75, "special": 6.4}
ATTENDED_ELSEWHERE = {
    "primary": {"L": 1.122, "B": 0.19, "V": 0.73, "P": 0.08, "W": 0.0, "K": 0.02},
    "secondary": {"L": 2.790, "B": 0.30, "V": 0.73, "P": 0.14, "W": 0.31, "K": 0.08},
    "special": {"L": 0.767, "B": 0.89, "V": 0.46, "P": 0.05, "W": 0.06, "K": 0.10},
}
EVER = {"any": 94.4, "I": 84.1, "M": 39.1, "C": 23.8, "O": 36.4, "G": 18.2, "U": 16.2, "C2": 2.25}
"""Share of pupils with at least one session of the reason in a year, all phases (2024/25)."""

LATE_IN_THE_MORNING = 0.75


class Part(NamedTuple):
    """One part of the mixture of pupils: its weight, and the Beta distribution of their absence."""

    weight: float
    alpha: float
    beta: float


MIXTURE = {
    "primary": (Part(0.834, 1.5, 48.2), Part(0.153, 6, 40), Part(0.013, 4, 3)),
    "secondary": (Part(0.698, 1.5, 47.7), Part(0.245, 6, 40), Part(0.057, 4, 3)),
    "special": (Part(0.777, 2.0, 26.6), Part(0.125, 3, 17), Part(0.098, 4, 3)),
}
"""Three kinds of pupil whose absence has the published mean, persistent and severe shares."""

# Week by week through each half term, from its first week to its last, all phases. Autumn is published; from
# spring on only the overall rate of some weeks is, and the rest is drawn through those.
ILLNESS_BY_WEEK = (
    (1.6, 1.92, 2.86, 3.02, 3.01, 2.91, 3.15, 3.41),
    (2.85, 3.07, 3.88, 3.99, 4.10, 4.4, 4.9),
    (3.6, 3.3, 3.3, 3.4, 3.5, 3.7),
    (3.0, 3.1, 3.2, 3.2, 4.0),
    (2.6, 2.8, 2.8, 2.8, 2.8, 3.0),
    (2.7, 2.7, 2.8, 2.8, 2.8, 2.8, 2.9, 2.7),
)
UNAUTHORISED_BY_WEEK = (  # without holidays
    (1.25, 1.36, 1.38, 1.45, 1.47, 1.43, 1.54, 1.71),
    (1.67, 1.55, 1.86, 1.78, 1.85, 2.0, 2.5),
    (1.8, 1.7, 1.65, 1.7, 1.75, 1.9),
    (1.6, 1.65, 1.7, 1.75, 2.4),
    (1.8, 1.8, 1.85, 1.9, 1.9, 2.2),
    (1.9, 1.9, 2.0, 2.0, 2.1, 2.1, 2.3, 2.3),
)
HOLIDAY_BY_WEEK = (
    (0.5, 0.51, 0.43, 0.46, 0.46, 0.45, 0.53, 0.73),
    (0.47, 0.22, 0.20, 0.22, 0.28, 0.4, 0.8),
    (0.45, 0.2, 0.2, 0.25, 0.35, 0.8),
    (0.35, 0.25, 0.25, 0.35, 0.9),
    (0.5, 0.4, 0.4, 0.4, 0.5, 0.9),
    (0.6, 0.5, 0.5, 0.6, 0.6, 0.7, 0.9, 0.9),
)
AUTUMN_BY_WEEK = (4.75, 5.66, 5.94, 5.99, 5.83, 6.27, 6.97, 6.03, 5.88, 7.03, 7.06, 7.31)
"""Overall absence, all phases, in the weeks from 9 September to 2 December 2024 (without half term)."""
