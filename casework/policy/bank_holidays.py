"""The bank holidays of England and Wales, read once from the list that comes with the program."""

from datetime import date
from functools import lru_cache

from govuk_bank_holidays.bank_holidays import BankHolidays

DIVISION = BankHolidays.ENGLAND_AND_WALES


@lru_cache(maxsize=1)
def england() -> frozenset[date]:
    """Every bank holiday the list knows, past and published; nothing is fetched.

    Source: calendar.working_day
    """
    known = BankHolidays(use_cached_holidays=True).get_holidays(division=DIVISION)
    return frozenset(holiday["date"] for holiday in known)
