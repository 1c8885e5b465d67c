namespace Patron.Erp.Dashboards;

public enum InvoiceKind
{
    Invoice,
    CreditNote,
}

public enum InvoiceState
{
    Open,
    PartlyPaid,
    Paid,

    /// <summary>Reversed by a credit note.</summary>
    Reversed,
}

/// <summary>
/// A posted invoice or credit note. Amounts are in its currency (ISO 4217) and never negative; <paramref name="Open"/> is the unpaid
/// amount. With several due dates it has the first unpaid one. Only an invoice can be overdue.
/// </summary>
public sealed record ErpInvoice(
    long Id, string Number, InvoiceKind Kind, InvoiceState State, DateOnly? Date, DateOnly? DueDate, bool IsOverdue, decimal Total,
    decimal Open, string? Currency, string? Reference);

/// <summary>The overdue amount in one currency, by instalments and less open credit notes; negative where those exceed it.</summary>
public sealed record ErpArrears(string Currency, decimal Amount, int Documents);

public enum OrderState
{
    /// <summary>A quotation.</summary>
    Sent,
    Confirmed,
}

/// <summary>A quotation or an order.</summary>
public sealed record ErpOrder(
    long Id, string Number, OrderState State, DateTimeOffset? Date, decimal Total, string? Currency, string? Reference);

/// <summary>A support request of the customer. Whether it is open is null where the ERP does not provide it.</summary>
public sealed record ErpTicket(
    long Id, string? Number, string Title, string? Stage, bool? IsOpen, DateTimeOffset? CreatedAt, DateTimeOffset? UpdatedAt);

/// <summary>
/// A ticket with its description and the messages that customers may see, the oldest first. <paramref name="MayAnswer"/> tells whether the
/// ERP takes an answer from Patron.
/// </summary>
public sealed record ErpTicketDetails(ErpTicket Ticket, string? Description, IReadOnlyList<ErpMessage> Messages, bool MayAnswer);

/// <summary>A message about a ticket, as plain text with line breaks.</summary>
public sealed record ErpMessage(string? Author, DateTimeOffset? SentAt, string Text);

public enum ServiceState
{
    Active,
    Paused,
    Ended,
}

/// <summary>A subscription and its recurring amount; the state is null where the ERP does not provide it.</summary>
public sealed record ErpService(
    long Id, string Number, string? Plan, ServiceState? State, DateOnly? Since, DateOnly? NextInvoiceDate, decimal Amount,
    string? Currency);

/// <summary>A page of documents of one kind, and the number of documents on all pages.</summary>
public sealed record ErpList<T>(int Total, IReadOnlyList<T> Items);
