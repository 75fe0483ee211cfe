"""What is said between processes: event types, topics, bytes, partitions. Pure."""
