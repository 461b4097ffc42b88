"""What the demo's officers answered to the questions that a step asks of a person, and why, in their words.

Each set belongs to one decision about one family. A question that is not here is not answered: the demo stops
and says so.
"""

from casework.demo.desk import Answers

NOTICE_TO_IMPROVE: Answers = {
    "consulted": ("yes", "No social worker is involved with the family: the DSL looked today."),
    "social_worker": ("yes", "The DSL confirms that no social worker is involved."),
    "equality_act": ("yes", "The family's English was weighed: an interpreter came and explains the notice."),
    "send": ("no", "The SENCo finds no unmet need behind the absence; reading was looked at in May."),
    "medical": ("no", "Both parents say that the child is well, and no medicine is kept in school."),
    "section_19": ("no", "The child is well enough to attend, and has a place here every day."),
}
"""The minibus family: mornings are hard, help was taken up twice and then not again."""

SUPERVISION: Answers = {
    "social_worker": ("yes", "Children's services were asked on Monday; no social worker is involved yet."),
    "equality_act": ("yes", "The mother's illness was weighed: meetings are at home and short."),
    "send": ("no", "A reading difficulty is supported in class; it is not what keeps the child away."),
    "medical": ("no", "The child is well. It is the mother who is ill."),
    "section_19": ("no", "The child can come to school on any day that somebody brings them."),
}
"""A young carer whose family works with the school."""

COURT: Answers = {
    "consulted": (
        "yes",
        "No social worker, youth-justice worker or virtual school is involved.",
    ),
    "social_worker": ("yes", "The DSL confirms that no social worker is involved."),
    "contract_explored": ("yes", "A contract was agreed in September and did not change the attendance."),
    "equality_act": ("yes", "Anxiety was weighed as a disability: a quiet start and a key adult were given."),
    "send": ("no", "Assessed in October; no special educational need was found."),
    "medical": ("no", "The GP and the parent were asked: no illness accounts for the absence."),
    "section_19": ("no", "No doctor has said that the child cannot attend."),
}
"""A year of absence that neither help nor a contract has changed."""

HOLIDAY: Answers = {
    "best_tool": (
        "yes",
        "Leave was refused in writing with a warning; help would change nothing.",
    ),
    "equality_act": ("yes", "No disability or other protected reason is known; the parents were asked."),
    "send": ("no", "The child has no special educational need."),
    "medical": ("no", "The family was away together; nobody was ill."),
    "section_19": ("no", "The child was well and had a place in school all week."),
    "social_worker": ("yes", "The DSL confirms that no social worker is involved."),
}
"""A week's holiday in term time, refused beforehand."""

NOTICE_ISSUED: Answers = {
    "best_tool": ("yes", "A planned holiday after a written refusal: support would not have changed it."),
    "equality_act": ("yes", "The school's enquiry was read again; no protected reason is known."),
    "public_interest": (
        "yes",
        "The national framework asks for a notice here; the parent has had no other.",
    ),
}
"""The authority's own look at the school's request."""
