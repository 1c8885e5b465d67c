using Npgsql;
using NpgsqlTypes;
using Patron.Customers.Schema;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Customers.Customers;

/// <summary>Through whom a consent was given or withdrawn.</summary>
public enum ConsentSource
{
    Customer,
    Staff,
    Api,
    System,
}

/// <summary>One change of a marketing consent: which (the field's name), given or withdrawn, when and through whom.</summary>
public sealed record ConsentView(string Kind, bool Value, DateTimeOffset At, ConsentSource Source);

/// <summary>
/// How a customer's marketing consents came to be, the newest first, at most <see cref="Most"/> of them, for those who may see the record: 401, 403
/// and 404 as <see cref="FindCustomer"/>.
/// </summary>
public sealed class ListConsents(CustomerStore customers, DatabaseSession database)
{
    public const int Most = 100;

    private const string InsertSql = """
        INSERT INTO customers.consents (organization_id, customer_uid, kind, value, at, source, actor_user_id, actor_key_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """;

    private const string ReadSql = "SELECT kind, value, at, source FROM customers.consents WHERE organization_id = $1 AND customer_uid = $2 ORDER BY id DESC LIMIT $3";

    public async Task<Result<IReadOnlyList<ConsentView>>> HandleAsync(Caller caller, string reference, CancellationToken cancellationToken)
    {
        if (CustomerAccess.RefuseOthers(caller, Scopes.ReadCustomers) is { } refused)
        {
            return refused;
        }

        return await customers.FindByIdAsync(caller, reference, cancellationToken) is { } customer
            ? await database.QueryAsync(
                ReadSql, row => new ConsentView(row.Text(), row.Flag(), row.Time(), row.Word<ConsentSource>()), cancellationToken, customer.OrganizationId, customer.Uid, Most)
            : CustomerAccess.NotFound;
    }

    /// <summary>The statement that keeps a consent as the customer has it now.</summary>
    internal static NpgsqlBatchCommand InsertCommand(Caller caller, Customer customer, Field<Customer> consent) => DatabaseQueries.BatchCommand(
        InsertSql, customer.OrganizationId, customer.Uid, consent.Name, consent.ToColumn(customer)!, customer.UpdatedAt,
        EnumNames<ConsentSource>.Of(SourceOf(customer.UserId, caller)),
        OptionalParameter.Of(caller.UserId, NpgsqlDbType.Uuid), OptionalParameter.Of(caller.Key?.Id, NpgsqlDbType.Uuid));

    /// <summary>Through whom the caller gives a consent on the record of this account, or of none.</summary>
    internal static ConsentSource SourceOf(Guid? user, Caller caller) => caller switch
    {
        { Key: not null } => ConsentSource.Api,
        { UserId: null } => ConsentSource.System,
        { UserId: var self } => self == user ? ConsentSource.Customer : ConsentSource.Staff,
    };
}
