using System.Collections.Frozen;
using Patron.Customers.Accounts;
using Patron.Customers.Customers;
using Patron.Customers.Schema;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Customers.Jobs;

/// <summary>
/// Sets the same values on all customers. Names, email, reference and tax id are not for many, tags and status have kinds of their own, and
/// consent can only be withdrawn: 422. What an ERP or an account owns is listed with the reason, by the rules of
/// <see cref="UpdateCustomer"/>.
/// </summary>
internal sealed class UpdateKind(CustomerEditor editor, AccountCopies accounts, CustomerBatch batch, TimeProvider time) : IJobKind
{
    private static readonly Field<Customer>[] Excluded =
    [
        CustomerSchema.Email, CustomerSchema.FirstName, CustomerSchema.LastName, CustomerSchema.Name, CustomerSchema.PreferredName,
        CustomerSchema.CompanyName, CustomerSchema.Reference, CustomerSchema.TaxId,
    ];

    /// <summary>The fields that can be set on many customers.</summary>
    internal static IReadOnlyList<Field<Customer>> Fields { get; } =
        [.. CustomerSchema.Fields.Written.Where(field => field.IsImported && field != CustomerSchema.Tags && !Excluded.Contains(field))];

    public JobKind Kind => JobKind.Update;

    public Error? Refuse(Caller caller) => CustomerAccess.RefuseUnlessStaff(caller, Scopes.WriteCustomers);

    public Result<JobChanges> ReadChanges(string json)
    {
        var changes = new CustomerChanges();
        changes.AddJson(json);
        var errors = new FieldErrors();
        foreach (var (field, problems) in changes.Errors?.ToError().Fields ?? FrozenDictionary<string, IReadOnlyList<string>>.Empty)
        {
            errors.Add(NameOf(field), problems[0]);
        }

        foreach (var field in changes.Values.Select(value => value.Field))
        {
            if (Refuse(field, changes) is { } problem)
            {
                errors.Add(NameOf(field.Name), problem);
            }
        }

        var fields = changes.Values.Select(value => value.Field).ToList();
        CustomerSchema.CheckValues(changes, errors, NameOf, time.GetUtcNow());
        if (fields.Count == 0 && !errors.Any)
        {
            errors.Add("changes", "Name at least one field to change.");
        }

        return errors.Any
            ? errors.ToError()
            : new JobChanges(changes.ToJson(), [.. fields.Select(field => field.Name)], Touched(fields)) { Values = changes };
    }

    public Task<IReadOnlyList<JobDecision>> DecideAsync(
        Caller caller, JobChanges changes, IReadOnlyList<Customer> customers, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<JobDecision>>([.. customers.Select(customer => Decide(caller, changes, customer))]);

    public Task<IReadOnlyDictionary<Guid, string>> WriteAsync(
        Caller caller, JobChanges changes, IReadOnlyList<Customer> customers, CancellationToken cancellationToken) =>
        batch.SaveAsync(caller, customers, "customer.changed", cancellationToken);

    private JobDecision Decide(Caller caller, JobChanges changes, Customer customer)
    {
        if (editor.ChangeAsStaff(caller, customer, accounts.ForBackground, new CustomerEdit(changes.Values)) is { } refused)
        {
            return JobDecision.Cannot(refused.Code == FieldErrors.Code ? "invalid_value" : refused.Code);
        }

        return customer.HasChanged ? JobDecision.WouldChange : JobDecision.Unchanged;
    }

    private string? Refuse(Field<Customer> field, CustomerChanges changes)
    {
        if (field == CustomerSchema.Tags)
        {
            return "Tags have jobs of their own. Use the kind add_tags or remove_tags.";
        }

        if (field.IsConsent && changes.ValueOf((Field<Customer, bool>)field))
        {
            return "A job can withdraw consent, not give it. Only false is possible.";
        }

        if (Excluded.Contains(field) || !field.IsImported || !field.IsWritten)
        {
            return "A job can't change this field. Change it on each customer.";
        }

        return accounts.IsElsewhere(field)
            ? "The accounts service keeps this field of people who have an account. Use a job there."
            : null;
    }

    // A name is derived from the company's name, depending on the type.
    private static List<Field<Customer>> Touched(List<Field<Customer>> fields) =>
        fields.Contains(CustomerSchema.Type) ? [.. fields, CustomerSchema.Name] : fields;

    private static string NameOf(string field) => $"changes.{field}";
}
