"""A province as large as it may get, written by the database itself: cases, runs, tasks, to-dos."""

from datetime import date

from django.db import connection
from viewflow.workflow.models import Process

from tests.cast import Cast

COUNTIES, STREETS, COMMUNITIES = 98, 10, 10  # beside the two of the cast: 100 counties, 10,000 communities
FLOW = "applications/flows.ApplicationFlow"

# the four steps of which a county's cases are full: one of them is the county's own, one more after rectification
NODES = (
    ("application.county_check", "county_check"),
    ("application.street_check", "street_check"),
    ("rectification.work", "rectify"),
    ("rectification.verify", "verify_rectification"),
)


def run(sql: str, **params: object) -> None:
    """Run one statement, however long it takes."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET statement_timeout = 0")
        cursor.execute(sql, params or None)
        if connection.vendor == "postgresql":
            cursor.execute("SET statement_timeout = 60000")


def communities(cast: Cast) -> None:
    """Write 98 counties with 980 streets and 9,800 communities; the cast's county gets 100 communities as well."""
    run(
        """INSERT INTO applications_region (code, level, name, parent_id, path)
        SELECT '3699' || lpad(n::text, 2, '0'), 'county', '例' || n || '县', %(city)s, %(path)s || '3699' || lpad(n::text, 2, '0') || '/'
        FROM generate_series(1, %(counties)s) n""",
        city=cast.regions["3604"].pk,
        path=cast.regions["3604"].path,
        counties=COUNTIES,
    )
    run(
        """INSERT INTO applications_region (code, level, name, parent_id, path)
        SELECT c.code || lpad(n::text, 3, '0'), 'street', '例' || n || '街道', c.id, c.path || c.code || lpad(n::text, 3, '0') || '/'
        FROM applications_region c, generate_series(801, 800 + %(streets)s) n WHERE c.level = 'county'""",
        streets=STREETS,
    )
    run(
        """INSERT INTO applications_region (code, level, name, parent_id, path)
        SELECT s.code || lpad(n::text, 3, '0'), 'community', '云溪' || s.id || '社区' || n, s.id,
               s.path || s.code || lpad(n::text, 3, '0') || '/'
        FROM applications_region s, generate_series(1, %(n)s) n
        WHERE s.level = 'street' AND right(s.code, 3) > '800' AND s.name LIKE '例%%'""",
        n=COMMUNITIES,
    )
    run(
        """INSERT INTO applications_community (region_id, code, name, households, population, urban, address, phone, is_demo)
        SELECT r.id, r.code, r.name, 900, 3000, true, '', '', false FROM applications_region r
        WHERE r.level = 'community' AND NOT EXISTS (SELECT 1 FROM applications_community c WHERE c.region_id = r.id)"""
    )


def cases(cast: Cast, count: int) -> None:
    """Write cases over all communities in turn, a batch for each ten thousand, with their runs."""
    run(
        """WITH made AS (
          INSERT INTO applications_batch (name, year, organiser_id, basis_kind, basis, purpose, explanation, scope_id, opens_on,
            closes_on, reference_date, standard_id, policy, terms, publish_indicators, state, prepared_by_id, approved_by_id,
            approved_at, return_reason, is_demo)
          SELECT '第' || n || '批', 1900 + n, organiser_id, basis_kind, basis, purpose, explanation, scope_id, opens_on, closes_on,
            reference_date, standard_id, policy, terms, publish_indicators, state, prepared_by_id, approved_by_id, approved_at,
            return_reason, is_demo
          FROM applications_batch, generate_series(1, 1 + %(count)s / 10000) n WHERE id = %(batch)s RETURNING id),
        places AS (SELECT c.id, r.path, c.code, row_number() OVER (ORDER BY right(c.code, 3), c.id) n
          FROM applications_community c JOIN applications_region r ON r.id = c.region_id WHERE c.name LIKE '云溪%%'),
        numbered AS (SELECT id, row_number() OVER (ORDER BY id) b FROM made)
        INSERT INTO applications_case (number, community_id, batch_id, path, state, round, applied_star, opened_at)
        SELECT 'XQ' || b || '-' || p.code || '-' || p.n, p.id, m.id, p.path,
          (ARRAY['application','collection','rectification','publication'])[1 + p.n %% 4], 1, 3 + p.n %% 3, now()
        FROM numbered m CROSS JOIN places p ORDER BY b, p.n LIMIT %(count)s""",
        count=count,
        batch=cast.batch.pk,
    )
    run(
        """INSERT INTO applications_stagerun (case_id, stage, round, key, outcome, started_at)
        SELECT c.id, c.state, 1, '1', '', now() FROM applications_case c
        WHERE NOT EXISTS (SELECT 1 FROM applications_stagerun r WHERE r.case_id = c.id)"""
    )


def todos(cast: Cast, count: int, county: str = "") -> None:
    """Write open to-dos over the cases in turn, due from 60 days ago to 120 days ahead; ``county``: all in one county."""
    process, _made = Process.objects.get_or_create(flow_class=FLOW)
    nodes, rights = [node for node, _right in NODES], [right for _node, right in NODES]
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM viewflow_task")
        (last,) = cursor.fetchone()
    run(
        """INSERT INTO viewflow_task (process_id, flow_task, flow_task_type, status, created, token, data)
        SELECT %(process)s, %(flow)s, 'HUMAN', 'NEW', now(), 'start', '{}' FROM generate_series(1, %(count)s)""",
        process=process.pk,
        flow=f"{FLOW}.county_check",
        count=count,
    )
    run(
        """WITH chosen AS (SELECT c.id, c.path, r.id run, row_number() OVER (ORDER BY c.id) - 1 n
            FROM applications_case c JOIN applications_stagerun r ON r.case_id = c.id
            WHERE c.number LIKE 'XQ%%' AND c.path LIKE %(county)s),
          total AS (SELECT count(*) size FROM chosen),
          tasks AS (SELECT id, row_number() OVER (ORDER BY id) - 1 n FROM viewflow_task WHERE id > %(last)s)
        INSERT INTO applications_todo (case_id, run_id, task_id, node, path, permission, state, due_on, due_provisional,
          created_at, outcome)
        SELECT c.id, c.run, t.id, (%(nodes)s::text[])[1 + (t.n / 7) %% 4], c.path, (%(rights)s::text[])[1 + (t.n / 7) %% 4],
          'open', %(today)s::date - 60 + (t.n * 7919 %% 180)::int, false, now(), ''
        FROM tasks t, total JOIN LATERAL (SELECT 1) x ON true JOIN chosen c ON true
        WHERE c.n = t.n %% total.size""",
        county=f"{county}%",
        last=last,
        nodes=nodes,
        rights=rights,
        today=date(2026, 11, 21),
    )
    run("ANALYZE")
