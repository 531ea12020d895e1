"""The timetable: everything that runs by itself, in one table, and the commands for it."""

from __future__ import annotations

import signal
import threading
from datetime import datetime

import click
from flask import Flask, current_app

from accounts.digest.jobs import mail_notices, prune_notices, send_digests
from adoption.kept.jobs import keep_audiences
from checklists.jobs import lay_out_rounds
from crm.acting import jobs as automations
from crm.answering.jobs import look_after_surveys
from crm.bin.jobs import purge_bin
from crm.builder.jobs import send_reports
from crm.counts.jobs import tally_days
from crm.duplicates.jobs import compare_missing
from crm.fields.jobs import forget_deleted
from crm.hooks import jobs as hooks
from crm.imports import jobs as imports
from crm.knowledge.jobs import remind_of_articles
from crm.ladder.jobs import watch_clocks
from crm.mailbox.jobs import look_for_mail, prune_mail_in
from crm.merging.jobs import merge_sure
from crm.quality.jobs import keep_day as keep_quality
from crm.quality.jobs import measure_missing
from crm.retention.jobs import keep_to_retention
from crm.search.jobs import keep_search_whole
from crm.tickets.jobs import close_settled
from crm.trends.jobs import keep_figures
from crm.usage.jobs import forget_old_use
from crm.webforms.jobs import prune_entries
from desk.breaches.jobs import watch_breaches
from desk.my_work.jobs import tell_due
from desk.privacy.jobs import watch_requests
from infra.attachments.service import remove_orphans
from infra.audit.sealing import seal
from infra.backup.service import hold_monthly_drill, make_daily, make_waiting
from infra.command import format_option, print_data, table, with_app
from infra.jobs import queries, service
from infra.jobs.rules import Daily, Every, Job, Monthly
from infra.jobs.scheduler import Timetable
from infra.mail.jobs import prune_mail, send_mail
from infra.measure.service import fold_minutes
from infra.wires import wires
from kernel.actor import Actor
from kernel.errors import Problem
from readiness.alerts.jobs import watch_readiness
from readiness.benefits.jobs import keep_benefits
from readiness.health.jobs import keep_days
from readiness.meeting.jobs import renew_signoffs
from readiness.verdict.jobs import keep_readiness
from reports.issuing.jobs import issue_due
from reports.weekly.jobs import send_words
from roadmap.forecast.jobs import keep_forecasts, make_asked
from roadmap.risks.jobs import remind_of_reviews
from roadmap.value.jobs import keep_values


def _seal_trail(_actor: Actor, _now: datetime) -> int:
    return seal()


JOBS: tuple[Job, ...] = (
    Job("keep-health", "Keep each day's health of the running roll-outs", Daily(3, 30), keep_days),
    Job("keep-forecasts", "Forecast the running roll-outs whose plans changed", Daily(3, 20), keep_forecasts),
    Job("make-forecasts", "Make the forecasts that somebody waits for", Every(3), make_asked, quiet=True),
    Job("keep-value", "Keep each day's value and milestones of the running roll-outs", Daily(3, 20), keep_values),
    Job("keep-readiness", "Keep each day's readiness of the running roll-outs", Daily(3, 45), keep_readiness),
    Job("keep-benefits", "Keep each day's benefits of the roll-outs", Daily(3, 55), keep_benefits),
    Job("renew-signoffs", "Ask for sign-offs again whose ground got worse", Daily(3, 50), renew_signoffs),
    Job("watch-readiness", "Tell owners what has begun in their roll-outs", Every(3600), watch_readiness, quiet=True),
    Job("purge-bin", "Remove for good what was deleted from the CRM a month ago", Daily(2, 50), purge_bin),
    Job("seal-trail", "Seal the audit trail", Every(1), _seal_trail, quiet=True),
    Job("send-mail", "Send the mail that is due", Every(15), send_mail, quiet=True),
    Job("lay-out-rounds", "Lay out the next round of recurring checklists", Every(900), lay_out_rounds, quiet=True),
    Job("remind-of-reviews", "Remind of risks that are due for review", Daily(6, 10), remind_of_reviews, quiet=True),
    Job("issue-reports", "Issue status reports that are due", Every(300), issue_due, quiet=True),
    Job("send-weekly-words", "Send executives the one page of the week", Every(300), send_words, quiet=True),
    Job("send-reports", "Send the reports that people built and that are due", Every(300), send_reports, quiet=True),
    Job("remove-orphan-files", "Remove files that nothing refers to", Daily(2, 10), remove_orphans),
    Job("mail-notices", "Write mail for notices wanted at once", Every(60), mail_notices, quiet=True),
    Job("tell-due", "Tell what is due tomorrow and what is late", Every(900), tell_due, quiet=True),
    Job("send-digests", "Write the digests whose hour has come", Every(900), send_digests, quiet=True),
    Job("keep-to-retention", "Carry out the rules of how long records are kept", Daily(3, 10), keep_to_retention),
    Job("watch-breaches", "Watch the 72 hours of breaches of personal data", Every(900), watch_breaches, quiet=True),
    Job("watch-privacy", "Tell which requests about personal data are due", Every(3600), watch_requests, quiet=True),
    Job("prune-notices", "Forget old notices", Daily(2, 25), prune_notices),
    Job("prune-mail", "Forget mail that was sent long ago", Daily(2, 15), prune_mail),
    Job("fold-measurements", "Fold measured minutes into hours", Every(3600), fold_minutes, quiet=True),
    Job("tally-activities", "Tally the days whose activities changed", Every(60), tally_days, quiet=True),
    Job(
        "keep-figures",
        "Keep each day's figures of the CRM and look for weeks that stand out",
        Daily(3, 40),
        keep_figures,
    ),
    Job("keep-audiences", "Keep each day of the people named for roll-outs", Daily(3, 42), keep_audiences),
    Job("forget-old-use", "Forget sign-ins and use that are older than the policy keeps", Daily(2, 35), forget_old_use),
    Job("remind-of-articles", "Remind of articles that are due", Daily(6, 20), remind_of_articles, quiet=True),
    Job(
        "look-after-surveys",
        "Close surveys that are over, remind who has not answered",
        Daily(7, 15),
        look_after_surveys,
    ),
    Job("make-backup", "Make the backup of the day", Daily(1, 30), make_daily),
    Job("make-asked-backups", "Make the backups that somebody asked for", Every(5), make_waiting, quiet=True),
    Job("hold-drill", "Let a backup come back aside and check it", Monthly(3, 2, 40), hold_monthly_drill),
    Job("bring-in-files", "Bring in the files that wait", Every(2), imports.bring_in, quiet=True),
    Job("prune-imports", "Forget imports that nobody went on with", Daily(2, 35), imports.prune_drafts),
    Job("keep-search-whole", "Build the search of records anew where it is not whole", Daily(2, 50), keep_search_whole),
    Job("measure-quality", "Judge records that came in in bulk", Every(60), measure_missing, quiet=True),
    Job("keep-quality", "Keep each day's quality of the CRM's data", Daily(0, 10), keep_quality),
    Job("merge-sure", "Merge sure duplicates, where that is switched on", Every(900), merge_sure, quiet=True),
    Job("look-for-mail", "Take what came into the mailboxes", Every(60), look_for_mail, quiet=True),
    Job("prune-mail-in", "Forget mail that came in long ago", Daily(2, 5), prune_mail_in),
    Job("prune-form-entries", "Forget what was sent to web forms long ago", Daily(2, 5), prune_entries),
    Job("watch-clocks", "Tell who is named while the time of a ticket runs out", Every(30), watch_clocks, quiet=True),
    Job(
        "close-tickets",
        "Close tickets that were solved and to which nobody objected",
        Every(900),
        close_settled,
        quiet=True,
    ),
    Job("find-duplicates", "Compare records that came in in bulk", Every(60), compare_missing, quiet=True),
    Job("send-webhooks", "Send the messages of webhooks that are due", Every(5), hooks.send, quiet=True),
    Job("prune-webhooks", "Forget messages of webhooks that ended a month ago", Daily(2, 55), hooks.prune),
    Job("run-automations", "Let automations work on what happened", Every(2), automations.run_waiting, quiet=True),
    Job("run-due-automations", "Let automations work on what came due", Every(60), automations.run_due, quiet=True),
    Job("prune-automation-log", "Forget what automations did half a year ago", Daily(2, 55), automations.prune),
    Job("prune-fields", "Forget values of fields that were deleted a month ago", Daily(2, 50), forget_deleted),
    Job("prune-job-runs", "Forget old runs of jobs", Daily(2, 20), service.prune_runs),
)


def connect(app: Flask) -> None:
    """Tell the pages and commands which jobs there are."""
    app.extensions["launch90"].extras[queries.JOBS] = JOBS


def start_embedded(app: Flask) -> Timetable:
    """Run the timetable in a thread of a web worker; of several workers the one with the lock acts."""
    timetable = Timetable(app, JOBS)
    timetable.start()
    return timetable


@click.group()
def jobs() -> None:
    """What runs by itself.

    Example: roadmap jobs list
    """


@jobs.command("list")
@format_option
@with_app
def list_jobs(output: str) -> None:
    """List the timetable with the last run of each job.

    Example: roadmap jobs list --format json
    """
    rows = queries.rows()
    data = {
        "jobs": [
            {
                "name": row.name,
                "when": row.when,
                "last_run": row.last_at.isoformat() if row.last_at else None,
                "result": row.result,
                "error": row.error,
            }
            for row in rows
        ]
    }
    lines = [
        [row.name, row.when, row.last_at.isoformat() if row.last_at else "-", row.error or row.result] for row in rows
    ]
    print_data(output, data, lambda: table(lines, ["job", "when", "last run", "outcome"]))


@jobs.command("run")
@click.argument("name")
@with_app
def run_job(name: str) -> None:
    """Run a job of the timetable now.

    Example: roadmap jobs run remove-orphan-files
    """
    outcome = service.run(queries.job_named(name), wires().clock())
    if outcome.error:
        raise Problem("jobs.failed", "The job failed: %(error)s", error=outcome.error)
    click.echo(outcome.result or "Nothing to do.")


@click.command()
@with_app
def scheduler() -> None:
    """Run the timetable alone, until stopped.

    Example: roadmap scheduler
    """
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    timetable = Timetable(current_app._get_current_object(), JOBS)  # type: ignore[attr-defined]  # noqa: SLF001  # the proxy does not outlive this command's context
    timetable.start()
    click.echo(
        "The timetable runs." if timetable.leads() else "Another process runs the timetable; waiting to take over."
    )
    stop.wait()
    timetable.stop()


COMMANDS = (jobs, scheduler)
