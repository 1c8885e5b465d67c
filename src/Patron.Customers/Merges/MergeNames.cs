using Patron.Customers.Customers;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Customers.Merges;

/// <summary>A checked request: the names of its records, all different, and its choices. It does not know the records yet.</summary>
internal sealed class MergeNames
{
    private const int MaxReason = 500;

    private static readonly Error Stale = new(
        ErrorKind.Stale, "version_outdated", "One of the customers has changed since you read it. Read it again, then repeat your change.");

    private MergeNames(string survivor, MergeRequest request)
    {
        Survivor = CustomerStore.NormalizeReference(survivor);
        Others = [.. request.Others.Select(CustomerStore.NormalizeReference)];
        Request = request;
    }

    public string Survivor { get; }

    public IReadOnlyList<string> Others { get; }

    public MergeRequest Request { get; }

    public IReadOnlyList<string> All => [Survivor, .. Others];

    /// <summary>The names, or the 422 for the request.</summary>
    public static Result<MergeNames> Check(string survivor, MergeRequest request)
    {
        var names = new MergeNames(survivor, request with { Reason = TextRules.NullIfBlank(request.Reason) });
        var errors = new FieldErrors();
        if (request.Others.Count is 0 or > MergeCustomers.MaxOthers)
        {
            errors.Add("others", $"Must have 1 to {MergeCustomers.MaxOthers} customers.");
        }

        if (names.All.Distinct(StringComparer.Ordinal).Count() != names.All.Count)
        {
            errors.Add("others", "A customer can't be merged with itself. Name each customer once.");
        }

        if (names.Request.Reason is { } reason && CustomerRules.Text(reason, MaxReason, severalLines: true) is { } problem)
        {
            errors.Add("reason", problem);
        }

        foreach (var (field, name) in request.Choices ?? new Dictionary<string, string>())
        {
            names.CheckChoice(field, name, errors);
        }

        foreach (var name in (request.Versions ?? new Dictionary<string, long>()).Keys.Where(name => !names.Contains(name)))
        {
            errors.Add($"versions.{name}", NotNamed);
        }

        return errors.Any ? errors.ToError() : names;
    }

    /// <summary>The 412 for the first record whose version is not the expected one.</summary>
    public Error? CheckVersions(LockedRecords found)
    {
        var isOutdated = Request.ExpectedVersions?.Contains(found.Survivor.Version) == false
            || (Request.Versions ?? new Dictionary<string, long>()).Any(version =>
                found.Named(CustomerStore.NormalizeReference(version.Key)).Version != version.Value);
        return isOutdated ? Stale : null;
    }

    /// <summary>The order of each merge: one group, with the choices that concern its pair.</summary>
    public IReadOnlyList<MergeOrder> OrdersOf(LockedRecords found)
    {
        var (group, losing) = (Guid.CreateVersion7(), found.RetiredAccounts.Select(pair => pair.Losing).ToHashSet());
        return
        [
            .. found.Others.Select(other => new MergeOrder(MergeEvidence.Staff)
            {
                GroupId = group,
                Reason = Request.Reason,
                Choices = ChoicesFor(found, other),
                DisabledUserId = other.UserId is { } user && losing.Contains(user) ? user : null,
            }),
        ];
    }

    private const string NotNamed = "Must be one of the customers in this request.";

    // A field chosen from another record stays as that record's merge has set it.
    private MergeChoices ChoicesFor(LockedRecords found, Customer other)
    {
        var (fromAbsorbed, fromSurvivor) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        foreach (var (name, record) in Request.Choices ?? new Dictionary<string, string>())
        {
            var isThis = found.Named(CustomerStore.NormalizeReference(record)).Uid == other.Uid;
            (isThis ? fromAbsorbed : fromSurvivor).UnionWith(MergeChoices.FieldsOf(name).Select(field => field.Name));
        }

        return new MergeChoices(fromAbsorbed, fromSurvivor);
    }

    private void CheckChoice(string field, string name, FieldErrors errors)
    {
        if (MergeChoices.FieldsOf(field).Count == 0)
        {
            errors.Add($"choices.{field}", $"Can't be chosen. Choose among {string.Join(", ", MergeChoices.Names)}.");
        }
        else if (!Contains(name))
        {
            errors.Add($"choices.{field}", NotNamed);
        }
    }

    private bool Contains(string name) => All.Contains(CustomerStore.NormalizeReference(name), StringComparer.Ordinal);
}
