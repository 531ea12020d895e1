"""Where reports are prepared, issued by hand or by the timetable, and read again as they were issued."""
