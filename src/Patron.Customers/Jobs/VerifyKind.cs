using System.Text.Json;
using Patron.Customers.Customers;
using Patron.Customers.Links;
using Patron.Customers.Schema;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Jobs;

/// <summary>
/// Marks email addresses, phones or both as verified. A customer whose address is released is listed as <c>address_released</c>: verifying
/// it claims it again, which is to be decided for each.
/// </summary>
internal sealed class VerifyKind(CustomerBatch batch, TimeProvider time) : IJobKind
{
    private static readonly Field<Customer>[] Email = [CustomerSchema.Email, CustomerSchema.EmailVerifiedAt];
    private static readonly Field<Customer>[] Phone = [CustomerSchema.Phone, CustomerSchema.PhoneVerifiedAt];

    public JobKind Kind => JobKind.Verify;

    public Error? Refuse(Caller caller) => CustomerAccess.RefuseUnlessStaff(caller, Scopes.WriteCustomers);

    public Result<JobChanges> ReadChanges(string json)
    {
        using var document = JsonDocument.Parse(json);
        var members = document.RootElement.EnumerateObject().ToList();
        var named = members.Where(member => member.Value.ValueKind == JsonValueKind.True).Select(member => member.Name).Distinct().ToList();
        if (named.Count == 0 || members.Exists(
            member => member.Name is not ("email" or "phone") || member.Value.ValueKind is not (JsonValueKind.True or JsonValueKind.False)))
        {
            return Error.Invalid("changes", "Must be {\"email\": true}, {\"phone\": true} or both.");
        }

        return new JobChanges(json, named, [.. named.SelectMany(name => name == "email" ? Email : Phone)]);
    }

    public Task<IReadOnlyList<JobDecision>> DecideAsync(
        Caller caller, JobChanges changes, IReadOnlyList<Customer> customers, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<JobDecision>>([.. customers.Select(customer => Decide(changes, customer))]);

    public Task<IReadOnlyDictionary<Guid, string>> WriteAsync(
        Caller caller, JobChanges changes, IReadOnlyList<Customer> customers, CancellationToken cancellationToken) =>
        batch.SaveAsync(caller, customers, "customer.verified", cancellationToken);

    private JobDecision Decide(JobChanges changes, Customer customer)
    {
        var (email, phone) = (changes.Fields.Contains("email"), changes.Fields.Contains("phone"));
        if (email && customer is { Claim: EmailClaim.Released, UserId: null })
        {
            return JobDecision.Cannot("address_released");
        }

        // The account of a linked customer has an address; another service may keep it.
        email = email && (customer.Email is not null || customer.UserId is not null);
        phone = phone && customer.Phone is not null;
        if (!email && !phone)
        {
            return JobDecision.Cannot("nothing_to_verify");
        }

        var now = time.GetDatabaseNow();
        if (email)
        {
            customer.VerifyEmail(now);
        }

        if (phone)
        {
            customer.VerifyPhone(now);
        }

        return customer.HasChanged ? JobDecision.WouldChange : JobDecision.Unchanged;
    }
}
