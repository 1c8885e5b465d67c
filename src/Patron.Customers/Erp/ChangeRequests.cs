using Microsoft.EntityFrameworkCore;
using Patron.Customers.Customers;
using Patron.Customers.Database;
using Patron.Shared.Callers;

namespace Patron.Customers.Erp;

/// <summary>The open requests of customers for fields that the ERP owns; of each field the last one counts.</summary>
public sealed class ChangeRequests(CustomersContext context, ErpOwnership ownership)
{
    /// <summary>Which fields these are.</summary>
    internal ErpOwnership Ownership => ownership;

    /// <summary>
    /// Asks for what the ERP owns of the fields in which the record as <paramref name="shown"/> and as <paramref name="wanted"/> differ; true
    /// where there are some. Inside the transaction that has locked the record; saved with it.
    /// </summary>
    internal async Task<bool> AskAsync(
        Caller caller, Customer customer, CustomerDetails shown, CustomerDetails wanted, DateTimeOffset now, CancellationToken cancellation)
    {
        var fields = CustomerFields.Changed(shown, wanted).Where(field => ownership.Owns(customer, field)).ToList();
        if (fields.Count == 0)
        {
            return false;
        }

        var names = fields.Select(field => field.Name).ToArray();
        await Open(customer).Where(request => names.Contains(request.Field)).ExecuteUpdateAsync(
            set => set.SetProperty(request => request.Answer, ChangeAnswer.Replaced).SetProperty(request => request.AnsweredAt, now), cancellation);
        context.ChangeRequests.AddRange(fields.Select(field => new ChangeRequest(customer, field.Name, field.ReadText(wanted), caller, now)));
        return true;
    }

    /// <summary>The names of the fields that wait for staff, in alphabetical order; none where no ERP owns any.</summary>
    public async Task<IReadOnlyList<string>> FindOpenAsync(Customer customer, CancellationToken cancellation) => customer.ErpPartnerId is null
        ? []
        : await Open(customer).Select(request => request.Field).OrderBy(field => field).ToListAsync(cancellation);

    private IQueryable<ChangeRequest> Open(Customer customer) =>
        context.ChangeRequests.Where(request => request.CustomerUid == customer.Uid && request.Answer == null);
}
