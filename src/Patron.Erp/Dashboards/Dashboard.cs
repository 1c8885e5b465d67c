using Patron.Customers.Profiles;

namespace Patron.Erp.Dashboards;

public enum SectionStatus
{
    Ok,

    /// <summary>The last known answer: the ERP is away, or does not let its documents be read at this moment.</summary>
    Stale,

    /// <summary>The ERP is away, and nothing is known of before.</summary>
    Away,

    /// <summary>There are no such documents: a module is not installed or was never readable, the customer is not tied to the ERP, or there is none.</summary>
    NotAvailable,
}

/// <summary>A part of the dashboard, as the ERP said it at <paramref name="AsOf"/>; without list where it is away or not available.</summary>
public sealed record Section<T>(SectionStatus Status, DateTimeOffset? AsOf, ErpList<T>? List)
{
    internal static Section<T> NotAvailable { get; } = new(SectionStatus.NotAvailable, null, null);
}

/// <summary>What customers see of themselves when they come: their record, and their documents in the ERP.</summary>
public sealed record Dashboard(
    Profile Profile, Section<ErpService> Services, Section<ErpInvoice> Billing, Section<ErpArrears> Arrears, Section<ErpTicket> Tickets, Section<ErpOrder> Orders)
{
    /// <summary>The oldest answer that it shows; null where it shows none.</summary>
    public DateTimeOffset? AsOf => new[] { Services.AsOf, Billing.AsOf, Arrears.AsOf, Tickets.AsOf, Orders.AsOf }.Min();

    internal static Dashboard WithoutErp(Profile profile) => new(
        profile, Section<ErpService>.NotAvailable, Section<ErpInvoice>.NotAvailable, Section<ErpArrears>.NotAvailable, Section<ErpTicket>.NotAvailable, Section<ErpOrder>.NotAvailable);
}
