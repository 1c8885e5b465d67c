using Patron.Customers.Profiles;

namespace Patron.Erp.Dashboards;

public enum SectionStatus
{
    Ok,

    /// <summary>A cached answer: the ERP is unavailable, or its documents may not be read at the moment.</summary>
    Stale,

    /// <summary>The ERP is unavailable, and there is no cached answer.</summary>
    Away,

    /// <summary>
    /// There are no such documents: a module is not installed or was never readable, the customer is not linked to the ERP, or there is no
    /// ERP.
    /// </summary>
    NotAvailable,
}

/// <summary>
/// A section of the dashboard with the ERP's answer of <paramref name="AsOf"/>; without list where it is unavailable or not available to
/// the customer.
/// </summary>
public sealed record Section<T>(SectionStatus Status, DateTimeOffset? AsOf, ErpList<T>? List)
{
    internal static Section<T> NotAvailable { get; } = new(SectionStatus.NotAvailable, null, null);
}

/// <summary>A customer's own record and their documents in the ERP.</summary>
public sealed record Dashboard(
    Profile Profile, Section<ErpService> Services, Section<ErpInvoice> Billing, Section<ErpArrears> Arrears, Section<ErpTicket> Tickets,
    Section<ErpOrder> Orders)
{
    /// <summary>The time of the oldest answer among the sections; null where there is none.</summary>
    public DateTimeOffset? AsOf => new[] { Services.AsOf, Billing.AsOf, Arrears.AsOf, Tickets.AsOf, Orders.AsOf }.Min();

    /// <summary>Whether the ERP answered for every section that it has.</summary>
    public bool IsUpToDate => new[] { Services.Status, Billing.Status, Arrears.Status, Tickets.Status, Orders.Status }
        .All(status => status is SectionStatus.Ok or SectionStatus.NotAvailable);

    internal static Dashboard WithoutErp(Profile profile) => new(
        profile, Section<ErpService>.NotAvailable, Section<ErpInvoice>.NotAvailable, Section<ErpArrears>.NotAvailable,
        Section<ErpTicket>.NotAvailable, Section<ErpOrder>.NotAvailable);
}
