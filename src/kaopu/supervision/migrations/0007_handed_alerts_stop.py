"""立为问题的预警，钟停了：期限是问题的。早先留着期限的，各接一步把钟停下；旧行不改。"""

from typing import Any

from django.db import migrations, models

from kaopu.audit.models import lift_append_only, make_append_only

CARRIED = (
    "alert_id", "colour", "rule", "measured", "threshold", "sentence", "level", "level_on", "owner_id", "court_id",
    "court_on", "handler", "on",
)


def stop(apps: Any, schema_editor: Any) -> None:
    Step = apps.get_model("supervision", "AlertStep")
    running = list(
        Step.objects.filter(superseded_by=None, voided=False, state="handed").exclude(due_on=None).order_by("pk")
    )
    if not running:
        return
    operation = apps.get_model("audit", "Operation").objects.create(
        actor="operator", verb="supervision.stop_handed_clocks", source="upgrade", detail={"count": len(running)}
    )
    Step.objects.bulk_create(
        Step(
            **{name: getattr(step, name) for name in CARRIED}, state="handed", verb="renew", due_on=None,
            text="已立为问题，期限是问题的，这条预警的钟停下", actor="operator", supersedes=step,
            operation=operation, recorded_at=operation.at,
        )
        for step in running
    )


class Migration(migrations.Migration):
    dependencies = [("supervision", "0006_reasons_demanded"), ("audit", "0003_origin_and_seal")]
    operations = [
        lift_append_only("supervision_alertstep"),
        migrations.RemoveConstraint(model_name="alertstep", name="alert_clock"),
        migrations.AddConstraint(
            model_name="alertstep",
            constraint=models.CheckConstraint(
                name="alert_clock",
                condition=models.Q(state="lifted", due_on=None)
                | models.Q(state="handed")
                | (models.Q(state__in=("waiting", "answered")) & models.Q(due_on__isnull=False)),
            ),
        ),
        make_append_only("supervision_alertstep"),
        migrations.RunPython(stop, migrations.RunPython.noop),
    ]
