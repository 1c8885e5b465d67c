using Npgsql;
using NpgsqlTypes;
using Patron.Customers.Schema;
using Patron.Customers.Search;
using Patron.Shared.Background;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Customers.Customers;

/// <summary>Who gave or withdrew a consent.</summary>
public enum ConsentSource
{
    Customer,
    Staff,
    Api,
    System,

    /// <summary>A consent that nobody had given was withdrawn by an update of Patron.</summary>
    Migration,

    /// <summary>The customer, on the form with which they registered.</summary>
    Registration,
}

/// <summary>
/// One change of a marketing consent: the field's name, the new value, the time, the source, and the sentence that the person saw, where a
/// page showed one.
/// </summary>
public sealed record ConsentView(string Kind, bool Value, DateTimeOffset At, ConsentSource Source, string? Wording);

/// <summary>
/// The history of a customer's marketing consents, newest first, at most <see cref="MaxConsents"/> entries. 401, 403 and 404 as <see
/// cref="FindCustomer"/>.
/// </summary>
public sealed class ListConsents(CustomerStore customers, DatabaseSession database)
{
    public const int MaxConsents = 100;

    /// <summary>The index for the timeline, which reads consents by time.</summary>
    internal static BackgroundMigration Index { get; } = IndexMigration.Of(
        "customers.consents_at_index", "ix_consents_at", "(organization_id, customer_uid, at, id)", "consents");

    private const string InsertSql = """
        INSERT INTO customers.consents (organization_id, customer_uid, kind, value, at, source, actor_user_id, actor_key_id, wording, is_registration, origin_uid)
        SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11
        """;

    private const string InsertFirstSql =
        $"{InsertSql} WHERE NOT EXISTS (SELECT FROM customers.consents WHERE organization_id = $1 AND customer_uid = $2 AND kind = $3)";

    private const string ReadSql = """
        SELECT kind, value, at, CASE WHEN is_migration THEN 'migration' WHEN is_registration THEN 'registration' ELSE source END, wording
        FROM customers.consents WHERE organization_id = $1 AND customer_uid = $2 ORDER BY id DESC LIMIT $3
        """;

    public async Task<Result<IReadOnlyList<ConsentView>>> HandleAsync(Caller caller, string reference, CancellationToken cancellationToken)
    {
        if (CustomerAccess.RefuseOthers(caller, Scopes.ReadCustomers) is { } refused)
        {
            return refused;
        }

        return await customers.FindByIdAsync(caller, reference, cancellationToken) is { } customer
            ? await database.QueryAsync(
                ReadSql, row =>
                    new ConsentView(row.Text(), row.Flag(), row.Time(), row.EnumValue<ConsentSource>(), row.OptionalText()), cancellationToken,
                    customer.OrganizationId, customer.Uid, MaxConsents)
            : CustomerAccess.NotFound;
    }

    /// <summary>The command that stores a consent as the customer has it now.</summary>
    internal static NpgsqlBatchCommand InsertCommand(Caller caller, Customer customer, Field<Customer> consent) =>
        Command(InsertSql, caller, customer, consent, customer.UpdatedAt);

    /// <summary>The same for a statement that changed nothing: it is stored only where the history has none of its kind.</summary>
    internal static NpgsqlBatchCommand InsertFirstCommand(Caller caller, Customer customer, Field<Customer> consent) =>
        Command(InsertFirstSql, caller, customer, consent, customer.StatedAt);

    /// <summary>The source of a consent that the caller gives on the record of this account, or of none.</summary>
    internal static ConsentSource SourceOf(Guid? user, Caller caller) => caller switch
    {
        { Key: not null } => ConsentSource.Api,
        { UserId: null } => ConsentSource.System,
        { UserId: var self } => self == user ? ConsentSource.Customer : ConsentSource.Staff,
    };

    private static NpgsqlBatchCommand Command(
        string sql, Caller caller, Customer customer, Field<Customer> consent, DateTimeOffset at)
    {
        var isRegistration = IsRegistration(customer.UserId, caller);
        var source = isRegistration ? ConsentSource.Customer : SourceOf(customer.UserId, caller);
        return DatabaseQueries.BatchCommand(
            sql, customer.OrganizationId, customer.Uid, consent.Name, consent.ToColumn(customer)!, at, EnumNames<ConsentSource>.Of(source),
            OptionalParameter.Of(isRegistration ? customer.UserId : caller.UserId, NpgsqlDbType.Uuid),
            OptionalParameter.Of(caller.Key?.Id, NpgsqlDbType.Uuid),
            OptionalParameter.Of(customer.ConsentWordings.GetValueOrDefault(consent.Name), NpgsqlDbType.Text), isRegistration,
            OptionalParameter.Of(customer.NamedUid, NpgsqlDbType.Uuid));
    }

    // At a registration nobody is signed in yet; the new account is the actor.
    private static bool IsRegistration(Guid? user, Caller caller) => user is not null && !caller.IsSignedIn;
}
