using Patron.Customers.Customers;
using Patron.Erp.Dashboards;
using Patron.Customers.Profiles;

namespace Patron.Dialects.Portal;

/// <summary>Source 4's envelope around the dashboard.</summary>
public sealed record PortalDashboardAnswer(bool Success, DashboardAnswer Data)
{
    public static PortalDashboardAnswer From(Dashboard dashboard) => new(true, DashboardAnswer.From(dashboard));
}

/// <summary>The sections of the dashboard. <c>as_of</c> is the time of the oldest data; null if no section has data.</summary>
public sealed record DashboardAnswer(
    DashboardCustomer Customer, ServicesAnswer Services, BillingAnswer Billing, ArrearsAnswer Arrears, TicketsAnswer Tickets,
    OrdersAnswer Orders, DateTimeOffset? AsOf)
{
    public static DashboardAnswer From(Dashboard dashboard) => new(
        DashboardCustomer.From(dashboard.Profile),
        new ServicesAnswer(
            dashboard.Services.Status, dashboard.Services.AsOf, dashboard.Services.List?.Total, dashboard.Services.List?.Items ?? []),
        new BillingAnswer(
            dashboard.Billing.Status, dashboard.Billing.AsOf, dashboard.Billing.List?.Total, dashboard.Billing.List?.Items ?? []),
        new ArrearsAnswer(
            dashboard.Arrears.Status, dashboard.Arrears.AsOf, dashboard.Arrears.List?.Total, dashboard.Arrears.List?.Items ?? []),
        new TicketsAnswer(
            dashboard.Tickets.Status, dashboard.Tickets.AsOf, dashboard.Tickets.List?.Total, dashboard.Tickets.List?.Items ?? []),
        new OrdersAnswer(dashboard.Orders.Status, dashboard.Orders.AsOf, dashboard.Orders.List?.Total, dashboard.Orders.List?.Items ?? []),
        dashboard.AsOf);
}

/// <summary>The customer of the dashboard, with the field names of source 4.</summary>
public sealed record DashboardCustomer(Guid Id, string AccountNumber, string Name, string? Email, string? Phone, CustomerType Type)
{
    public static DashboardCustomer From(Profile profile)
    {
        var customer = profile.Customer;
        return new DashboardCustomer(
            customer.Uid, customer.AccountNumber, customer.FullName, profile.Account?.Email ?? customer.Email, customer.Phone
                ?? profile.Account?.Phone,
            customer.CustomerType);
    }
}

/// <summary>Subscriptions.</summary>
public sealed record ServicesAnswer(SectionStatus Status, DateTimeOffset? AsOf, int? Total, IReadOnlyList<ErpService> Items);

/// <summary>Posted invoices and credit notes, open and paid.</summary>
public sealed record BillingAnswer(SectionStatus Status, DateTimeOffset? AsOf, int? Total, IReadOnlyList<ErpInvoice> Items);

/// <summary>Overdue amounts by currency. The total is the number of documents.</summary>
public sealed record ArrearsAnswer(SectionStatus Status, DateTimeOffset? AsOf, int? Total, IReadOnlyList<ErpArrears> Items);

public sealed record TicketsAnswer(SectionStatus Status, DateTimeOffset? AsOf, int? Total, IReadOnlyList<ErpTicket> Items);

public sealed record OrdersAnswer(SectionStatus Status, DateTimeOffset? AsOf, int? Total, IReadOnlyList<ErpOrder> Items);
