"""The receiver: takes telemetry events from the programs of users into the warehouse.

service     one receiver, put together
app         the endpoints, and who may use them
batch       a request's body -> the events in it
event       one event, judged by the tables of `exporter.sources.telemetry.tables`
values      what a field of an event may be
pseudonym   user ids are hashed once more
intake      events -> rows that are committed, and what is said of the rest
store       the warehouse, as a role that writes
engine      connections to it
failure     what goes wrong with it
health      whether it can be written
meters      what the receiver counts about itself
"""
