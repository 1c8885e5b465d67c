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

    /// <summary>Taken back by a credit note.</summary>
    Reversed,
}

/// <summary>
/// A posted invoice or credit note. Amounts are in its currency (ISO 4217) and never negative; <paramref name="Open"/> is what is left to pay. Of several
/// due dates it shows the first one that is not paid, and only an invoice can be overdue.
/// </summary>
public sealed record ErpInvoice(
    long Id, string Number, InvoiceKind Kind, InvoiceState State, DateOnly? Date, DateOnly? DueDate, bool IsOverdue, decimal Total, decimal Open, string? Currency, string? Reference);

/// <summary>What is overdue in one currency, instalment by instalment, credit notes taken off: below nought where those are more.</summary>
public sealed record ErpArrears(string Currency, decimal Amount, int Documents);

public enum OrderState
{
    /// <summary>A quotation.</summary>
    Sent,
    Confirmed,
}

/// <summary>A quotation or an order.</summary>
public sealed record ErpOrder(long Id, string Number, OrderState State, DateTimeOffset? Date, decimal Total, string? Currency, string? Reference);

/// <summary>Something the customer has asked for help with. Whether it is still open is null where the ERP does not say.</summary>
public sealed record ErpTicket(long Id, string? Number, string Title, string? Stage, bool? IsOpen, DateTimeOffset? CreatedAt, DateTimeOffset? UpdatedAt);

public enum ServiceState
{
    Active,
    Paused,
    Ended,
}

/// <summary>A subscription and what it costs each time; the state is null where the ERP does not say.</summary>
public sealed record ErpService(long Id, string Number, string? Plan, ServiceState? State, DateOnly? Since, DateOnly? NextInvoiceDate, decimal Amount, string? Currency);

/// <summary>The latest of a customer's documents of one kind, and how many there are in all.</summary>
public sealed record ErpList<T>(int Total, IReadOnlyList<T> Items);
