import re

from sqlalchemy import select

from infra.database import db
from infra.mail.models import Mail
from tests import factories


def test_an_invitation_can_be_mailed_where_a_mail_server_is_set(make_app):
    app = make_app(
        ROADMAP_SMTP_URL="smtp://mail.example",
        ROADMAP_BASE_URL="https://roadmap.example.org",
        ROADMAP_HOSTS="localhost",
    )
    with app.app_context():
        ann = factories.person("Ann Lee")
        browser = factories.sign_in(app.test_client(), factories.administrator())
        assert "Mail a link" in browser.get(f"/admin/people/{ann.id}").text
        page = browser.post(f"/admin/people/{ann.id}/invite", data={"by": "mail"}, follow_redirects=True).text
        assert f"A link is on its way to {ann.email}." in page
        assert "token=" not in page
        mail = db.session.scalars(select(Mail)).one()
        assert (mail.recipient, mail.confidential) == (ann.email, True)
        token = re.search(r"token=(\S+)", mail.text)[1]
        assert "Set" in app.test_client().get(f"/sign-in/link?token={token}").text
        db.session.remove()
        db.engine.dispose()


def test_without_a_mail_server_the_link_is_shown_as_ever(app, client):
    ann = factories.person("Ann Lee")
    browser = factories.sign_in(client, factories.administrator())
    assert "Mail a link" not in browser.get(f"/admin/people/{ann.id}").text
    assert "token=" in browser.post(f"/admin/people/{ann.id}/invite", data={"by": "mail"}).text
    assert list(db.session.scalars(select(Mail))) == []
