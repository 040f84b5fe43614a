"""Takes what Alertmanager would send to people, in the forms of the services that it sends to, and shows it on a page."""

from exporter.demo.messages.app import App
from exporter.demo.messages.inbox import Inbox, Message
from exporter.demo.messages.mailbox import Mailbox

__all__ = ["App", "Inbox", "Mailbox", "Message"]
