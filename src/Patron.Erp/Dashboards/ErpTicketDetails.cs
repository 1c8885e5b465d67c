namespace Patron.Erp.Dashboards;

/// <summary>
/// A ticket with its description and the messages that customers may see, the oldest first. <paramref name="MayAnswer"/> tells whether the
/// ERP takes an answer from Patron.
/// </summary>
public sealed record ErpTicketDetails(ErpTicket Ticket, string? Description, IReadOnlyList<ErpMessage> Messages, bool MayAnswer);

/// <summary>A message about a ticket, as plain text with line breaks.</summary>
public sealed record ErpMessage(string? Author, DateTimeOffset? SentAt, string Text);
