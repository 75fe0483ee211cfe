"""What the operations server counts for Prometheus."""

from prometheus_client import Counter, Gauge

records = Counter("citygrid_operations_records_total", "Records taken into the read model", ["topic"])
unreadable = Counter("citygrid_operations_unreadable_total", "Records that were not what their topic holds", ["topic"])
refused = Counter("citygrid_operations_refused_total", "Reports and replies refused over HTTP", ["reason"])
written = Counter("citygrid_operations_written_total", "Reports, replies and actions written to Kafka", ["kind"])
watching = Gauge("citygrid_operations_watching", "Browsers on the live feed")
open_incidents = Gauge("citygrid_operations_open_incidents", "Open incidents on the board")
age_seconds = Gauge("citygrid_operations_data_age_seconds", "Age of the newest reading")
lag_records = Gauge("citygrid_operations_lag_records", "Records in Kafka that the read model has not taken yet")
