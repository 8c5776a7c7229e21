"""Forms whose missing answers are told by the action, all at once with everything else that is wrong."""

from django import forms


class ToldByAction(forms.Form):
    """A form that marks its fields as compulsory without refusing them empty: the action names every fault."""

    def _clean_fields(self) -> None:
        compulsory = [field for field in self.fields.values() if field.required]
        for field in compulsory:
            field.required = False
        super()._clean_fields()
        for field in compulsory:
            field.required = True
