"""What each page shows, as frozen data: an endpoint fills one of these, a template reads it.

Conventions shared by every view model:

- amounts are integer cents, dates are `date`, moments are aware `datetime`; templates format them;
- a value that somebody typed is kept as the text they typed (`FieldView.value`), even when wrong;
- a URL is given ready to use; `None` means that the link is not offered to this person;
- sentences are complete, in French, and end with a full stop when they are sentences.
"""
