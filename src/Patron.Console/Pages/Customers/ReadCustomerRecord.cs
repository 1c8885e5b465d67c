using Patron.Customers.Addresses;
using Patron.Customers.Customers;
using Patron.Customers.Duplicates;
using Patron.Customers.Merges;
using Patron.Erp;
using Patron.Linking.Staff;
using Patron.Linking.Timeline;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.StaffConsole.Pages.Customers;

/// <summary>Everything about one customer.</summary>
public sealed record CustomerModel(
    StaffCustomer Staff, IReadOnlyList<CustomerAddress> Addresses, IReadOnlyList<ShownDuplicate> Duplicates,
    IReadOnlyList<MergeView> Merges, IReadOnlyList<TimelineEntry> Lately)
{
    public Customer Customer => Staff.Customer;

    /// <summary>Whether the reader may erase the person's data.</summary>
    public bool MayErase { get; init; }

    /// <summary>The name of the ERP that the record has a partner in; null without one, or where that ERP is no longer connected.</summary>
    public string? Erp { get; init; }

    /// <summary>The page of the partner in the ERP; null where there is none.</summary>
    public Uri? PartnerPage { get; init; }
}

/// <summary>
/// Reads the model of a customer's page. It does not ask the ERP: its documents are loaded later (<see cref="CustomerDocumentPages"/>).
/// </summary>
internal sealed class ReadCustomerRecord(
    ReadStaffCustomer customers, ListAddresses addresses, ListDuplicatesOfCustomer duplicates, ListMerges merges, ReadTimeline timeline,
    IErpConnector? connector = null)
{
    private static readonly TimelineQuery Latest = new() { Limit = 5 };

    public async Task<Result<CustomerModel>> HandleAsync(Caller caller, string reference, CancellationToken cancellationToken)
    {
        if (!(await customers.HandleAsync(caller, reference, cancellationToken)).Succeeded(out var customer, out var missing))
        {
            return missing;
        }

        // Read after the record: where one of them is gone meanwhile, so is the page.
        if (!(await addresses.HandleAsync(caller, reference, cancellationToken)).Succeeded(out var list, out var gone)
            || !(await duplicates.HandleAsync(caller, reference, cancellationToken)).Succeeded(out var pairs, out gone)
            || !(await merges.OfCustomerAsync(caller, reference, cancellationToken)).Succeeded(out var merged, out gone)
            || !(await timeline.HandleAsync(caller, reference, Latest, cancellationToken)).Succeeded(out var lately, out gone))
        {
            return gone;
        }

        var partner = customer.Customer.Partner;
        var erp = partner?.Source == connector?.Source ? connector : null;
        return new CustomerModel(
            customer, [.. list.Addresses.Where(address => address.Type != AddressType.Primary)], pairs, merged, lately.Entries)
        {
            MayErase = caller.IsVendorOf(caller.OrganizationId),
            Erp = partner is null ? null : erp?.Name,
            PartnerPage = partner is { } key ? erp?.FindLink(key.Id) : null,
        };
    }
}
