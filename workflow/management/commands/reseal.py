"""Seal anew, with the present key, what stands encrypted in the database."""

from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from applications.models import Authenticator
from applications.models.sealed import sealed_columns
from applications.sealed import Unreadable, seal, unseal

AT_A_TIME = 1000


class Command(BaseCommand):
    """``manage.py reseal``: after it a key in ``SECRET_KEY_FALLBACKS`` may be taken away. May be run while people work."""

    help = "用当前密钥重新加密数据库中的敏感字段；完成后可以删去旧密钥。"

    def handle(self, *args: Any, **options: Any) -> None:
        """Go through every sealed column, a thousand rows at a time; refuse where a key is missing."""
        columns = [*sealed_columns(apps.get_models()), (Authenticator._meta.db_table, "secret")]
        count = sum(self.column(table, column) for table, column in columns)
        self.stdout.write(_("已重新加密 %(count)s 处。") % {"count": count})

    def column(self, table: str, column: str) -> int:
        """Seal a column anew; return how many rows."""
        count = last = 0
        name, place = connection.ops.quote_name(column), connection.ops.quote_name(table)
        some = f"SELECT id, {name} FROM {place} WHERE id > %s AND {name} > '' ORDER BY id LIMIT {AT_A_TIME}"  # noqa: S608  (names of our own models)
        change = f"UPDATE {place} SET {name} = %s WHERE id = %s AND {name} = %s"  # noqa: S608
        while True:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(some, [last])
                rows = cursor.fetchall()
                for pk, text in rows:
                    cursor.execute(change, [self.anew(text, f"{table}.{column} {pk}"), pk, text])
            if not rows:
                return count
            last, count = rows[-1][0], count + len(rows)

    def anew(self, text: str, where: str) -> str:
        """Open with whichever key fits and seal with the present one."""
        try:
            return seal(unseal(text))
        except Unreadable:
            raise CommandError(
                _("%(where)s 无法用现有密钥读取。请把当时的密钥加入 SECRET_KEY_FALLBACKS 后再试。")
                % {"where": where}
            ) from None
