"""Every address of the console; the ledger, the queries and the rest bring their own."""

from django.urls import include, path

import platewarden.boards.api
import platewarden.devices.api  # noqa: F401 - both add to the device API
from platewarden.ingest.api import api
from platewarden.site import views

urlpatterns = [
    path("", views.home, name="home"),
    path("health/", include(([path("", views.health, name="health")], "site"))),
    path("api/v1/", api.urls),
    path("sign-in/", include("platewarden.site.sign_in")),
    path("", include("platewarden.accounts.urls")),
    path("audit-reports/", include("platewarden.halfyears.urls")),
    path("team/", include("platewarden.teams.urls")),
    path("alerts/", include("platewarden.alerts.urls")),
    path("duty/", include("platewarden.duty.urls")),
    path("duties/", include("platewarden.duties.urls")),
    path("alerts/", include("platewarden.reports.urls")),
    path("training/", include("platewarden.training.urls")),
    path("inbox/", include("platewarden.notices.urls")),
    path("webhooks/", include("platewarden.webhooks.urls")),
    path("calibration/", include("platewarden.calibration.urls")),
    path("candidates/", include("platewarden.candidates.urls")),
    path("car/", include("platewarden.car.urls")),
    path("cases/", include("platewarden.cases.urls")),
    path("queries/", include("platewarden.queries.urls")),
    path("hotlists/", include("platewarden.hotlists.urls")),
    path("false-hits/", include("platewarden.corrections.urls")),
    path("releases/", include("platewarden.releases.urls")),
    path("records-requests/", include("platewarden.records.urls")),
    path("cameras/devices/", include("platewarden.devices.urls")),
    path("agencies/", include("platewarden.sharing.urls")),
    path("cameras/", include("platewarden.cameras.urls")),
    path("ledger/", include("platewarden.ledger.urls")),
    path("retention/", include("platewarden.retention.urls")),
    path("ledger/witnesses/", include("platewarden.witnesses.urls")),
    path("audits/", include("platewarden.audits.urls")),
    path("policy/", include("platewarden.compliance.urls")),
    path("transparency/", include("platewarden.transparency.urls")),
]

handler400 = "platewarden.site.views.bad_request"
handler403 = "platewarden.site.views.forbidden"
handler404 = "platewarden.site.views.not_found"
handler500 = "platewarden.site.views.server_error"
