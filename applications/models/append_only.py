"""Rows of record: appended once, never changed, never deleted (architecture: facts are appended, not edited)."""

from typing import Any, NoReturn

from django.db import models


class AppendOnlyError(TypeError):
    """A row of record was about to be changed or deleted: a mistake in the program, never of a person."""

    def __init__(self, model: type[models.Model], what: str) -> None:
        super().__init__(f"{model.__name__} rows are appended and never {what}; append a new row instead.")


class AppendOnlyQuerySet(models.QuerySet[Any]):
    """A query set that reads and inserts only."""

    def update(self, **kwargs: Any) -> NoReturn:
        """Refuse."""
        raise AppendOnlyError(self.model, "updated")

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse."""
        raise AppendOnlyError(self.model, "updated")

    def delete(self) -> NoReturn:
        """Refuse."""
        raise AppendOnlyError(self.model, "deleted")

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> Any:
        """Insert; the variant that updates what is there already is refused."""
        if kwargs.get("update_conflicts"):
            raise AppendOnlyError(self.model, "updated")
        return super().bulk_create(objs, *args, **kwargs)


class AppendOnly(models.Model):
    """Base of rows of record. The database keeps them through PROTECT, this class through the ORM."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert the row; a row that exists is refused, also where somebody sets the key by hand."""
        if not self._state.adding:
            raise AppendOnlyError(type(self), "updated")
        super().save(force_insert=True, using=kwargs.get("using"))

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse."""
        raise AppendOnlyError(type(self), "deleted")
