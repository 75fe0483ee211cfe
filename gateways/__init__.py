"""In and out at the edge: MQTT → Kafka and Kafka → MQTT."""
