"""The outbox: mail is written in the action's transaction, and sent by the timetable until it is out."""
