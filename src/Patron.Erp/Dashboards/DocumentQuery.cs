namespace Patron.Erp.Dashboards;

/// <summary>Which documents of a kind to list. <see cref="ListDocuments"/> says which of these each kind has.</summary>
public enum DocumentFilter
{
    All,

    /// <summary>Invoices with an amount to pay and credit notes that are not used up; tickets that are not closed.</summary>
    Open,

    /// <summary>Invoices with an instalment that is overdue.</summary>
    Overdue,
    Paid,
    Quotations,

    /// <summary>Orders.</summary>
    Confirmed,

    /// <summary>Tickets.</summary>
    Closed,
}

/// <summary>
/// A page of a list of documents, the latest first. <paramref name="Search"/> is a part of the number, the reference or a ticket's title;
/// null finds all. Must be 1 or more.
/// </summary>
public sealed record DocumentQuery(string? Search, DocumentFilter Filter, int Page, int PageSize)
{
    /// <summary>The fifty latest documents, for the dashboard.</summary>
    public static DocumentQuery Latest { get; } = new(null, DocumentFilter.All, 1, 50);

    /// <summary>The number of documents on the pages before.</summary>
    public int Offset => (Page - 1) * PageSize;
}
