using Npgsql;
using NpgsqlTypes;
using Patron.Customers.Schema;
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
}

/// <summary>One change of a marketing consent: the field's name, the new value, the time and the source.</summary>
public sealed record ConsentView(string Kind, bool Value, DateTimeOffset At, ConsentSource Source);

/// <summary>
/// The history of a customer's marketing consents, newest first, at most <see cref="MaxConsents"/> entries. 401, 403 and 404 as <see
/// cref="FindCustomer"/>.
/// </summary>
public sealed class ListConsents(CustomerStore customers, DatabaseSession database)
{
    public const int MaxConsents = 100;

    private const string InsertSql = """
        INSERT INTO customers.consents (organization_id, customer_uid, kind, value, at, source, actor_user_id, actor_key_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """;

    private const string ReadSql =
        "SELECT kind, value, at, source FROM customers.consents WHERE organization_id = $1 AND customer_uid = $2 ORDER BY id DESC LIMIT $3";

    public async Task<Result<IReadOnlyList<ConsentView>>> HandleAsync(Caller caller, string reference, CancellationToken cancellationToken)
    {
        if (CustomerAccess.RefuseOthers(caller, Scopes.ReadCustomers) is { } refused)
        {
            return refused;
        }

        return await customers.FindByIdAsync(caller, reference, cancellationToken) is { } customer
            ? await database.QueryAsync(
                ReadSql, row =>
                    new ConsentView(row.Text(), row.Flag(), row.Time(), row.EnumValue<ConsentSource>()), cancellationToken,
                    customer.OrganizationId, customer.Uid, MaxConsents)
            : CustomerAccess.NotFound;
    }

    /// <summary>The command that stores a consent as the customer has it now.</summary>
    internal static NpgsqlBatchCommand InsertCommand(Caller caller, Customer customer, Field<Customer> consent) =>
        DatabaseQueries.BatchCommand(
        InsertSql, customer.OrganizationId, customer.Uid, consent.Name, consent.ToColumn(customer)!, customer.UpdatedAt,
        EnumNames<ConsentSource>.Of(SourceOf(customer.UserId, caller)),
        OptionalParameter.Of(caller.UserId, NpgsqlDbType.Uuid), OptionalParameter.Of(caller.Key?.Id, NpgsqlDbType.Uuid));

    /// <summary>The source of a consent that the caller gives on the record of this account, or of none.</summary>
    internal static ConsentSource SourceOf(Guid? user, Caller caller) => caller switch
    {
        { Key: not null } => ConsentSource.Api,
        { UserId: null } => ConsentSource.System,
        { UserId: var self } => self == user ? ConsentSource.Customer : ConsentSource.Staff,
    };
}
