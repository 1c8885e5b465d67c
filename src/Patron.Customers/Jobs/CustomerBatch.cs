using System.Collections.Frozen;
using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using Patron.Customers.Customers;
using Patron.Customers.Schema;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Text;

namespace Patron.Customers.Jobs;

/// <summary>
/// Saves many locked customers of one organization by one statement, with their audit entries and changed consents, as
/// <see cref="CustomerStore"/> does for one. Only columns are written that differ on one of them, so search texts are not computed for
/// nothing. It needs no temporary table: batches are small, and a table for each would swell the catalog.
/// </summary>
public sealed class CustomerBatch(DatabaseSession database, PhoneNumberParser phones)
{
    private const int FirstColumn = 11;

    private const string ConsentSql = """
        INSERT INTO customers.consents (organization_id, customer_uid, kind, value, at, source, actor_user_id, actor_key_id)
        SELECT $1, uid, kind, value, at, source, $2, $3 FROM unnest($4, $5, $6, $7, $8) AS stated (uid, kind, value, at, source)
        """;

    private static readonly FrozenDictionary<Guid, string> AllSaved = FrozenDictionary<Guid, string>.Empty;

    /// <summary>Throws where a unique index refuses one. Returns no failures, for <see cref="IJobKind.WriteAsync"/>.</summary>
    internal async Task<IReadOnlyDictionary<Guid, string>> SaveAsync(
        Caller caller, IReadOnlyList<Customer> customers, string action, CancellationToken cancellationToken)
    {
        foreach (var customer in customers)
        {
            customer.PhoneE164 = customer.Phone == customer.Stored!.Phone ? customer.Stored.PhoneE164 : phones.ToE164(customer.Phone);
        }

        var written = CustomerSchema.Fields.Updated
            .Where(field => customers.Any(customer => field.Differs(customer.Stored!, customer))).ToList();
        if (written.Count > 0)
        {
            await using var batch = new NpgsqlBatch(database.Connection);
            batch.BatchCommands.Add(UpdateCommand(caller, customers, action, written));
            if (written.Exists(field => field.IsConsent))
            {
                batch.BatchCommands.Add(ConsentCommand(caller, customers));
            }

            await batch.ExecuteNonQueryAsync(cancellationToken);
        }

        return AllSaved;
    }

    private static NpgsqlBatchCommand UpdateCommand(
        Caller caller, IReadOnlyList<Customer> customers, string action, List<Field<Customer>> written)
    {
        var names = string.Join(", ", written.Select((_, place) => $"c{place}"));
        var given = string.Join(
            "", written.Select((_, place) => string.Create(CultureInfo.InvariantCulture, $", ${place + FirstColumn}::text[]")));
        var set = string.Join(", ", written.Select((field, place) => $"{field.Name} = {Expression(field, $"g.c{place}")}"));
        var entries = customers.Select(customer => CustomerAudit.Changed(caller, action, customer)).ToList();
        var command = DatabaseQueries.BatchCommand(
            $"""
            WITH given AS MATERIALIZED (
                SELECT * FROM unnest($2::uuid[], $3::text[], $4::text[]{given}) AS given (uid, before, after, {names})),
            changed AS (
                UPDATE customers.customers c SET {set} FROM given g WHERE c.organization_id = $1 AND c.uid = g.uid RETURNING c.uid, c.updated_at)
            INSERT INTO shared.audit_entries
                (at, action, subject_type, subject_id, organization_id, actor_user_id, actor_key_id, address, user_agent, before, after, cause)
            SELECT updated_at, $5, 'customer', uid, $1, $6, $7, $8, $9, before::jsonb, after::jsonb, $10 FROM changed JOIN given USING (uid)
            """,
            caller.OrganizationId, customers.Select(customer => customer.Uid).ToArray(),
            Texts(entries.Select(entry => entry.Before)), Texts(entries.Select(entry => entry.After)), action,
            OptionalParameter.Of(caller.UserId, NpgsqlDbType.Uuid), OptionalParameter.Of(caller.Key?.Id, NpgsqlDbType.Uuid),
            caller.Origin.Address, OptionalParameter.Of(caller.Origin.UserAgent, NpgsqlDbType.Text),
            OptionalParameter.Of(caller.Cause?.ToString(), NpgsqlDbType.Text));
        foreach (var field in written)
        {
            command.Parameters.Add(Texts(customers.Select(customer => Text(field.ToColumn(customer)))));
        }

        return command;
    }

    private static NpgsqlBatchCommand ConsentCommand(Caller caller, IReadOnlyList<Customer> customers)
    {
        var stated = customers.SelectMany(customer => CustomerSchema.Fields.Written
            .Where(field => field.IsConsent && field.Differs(customer.Stored!, customer))
            .Select(field => (Customer: customer, Field: field))).ToList();
        return DatabaseQueries.BatchCommand(
            ConsentSql, caller.OrganizationId, OptionalParameter.Of(caller.UserId, NpgsqlDbType.Uuid),
            OptionalParameter.Of(caller.Key?.Id, NpgsqlDbType.Uuid), stated.Select(one => one.Customer.Uid).ToArray(),
            stated.Select(one => one.Field.Name).ToArray(), stated.Select(one => (bool)one.Field.ToColumn(one.Customer)!).ToArray(),
            stated.Select(one => one.Customer.UpdatedAt).ToArray(),
            stated.Select(one => EnumNames<ConsentSource>.Of(ListConsents.SourceOf(one.Customer.UserId, caller))).ToArray());
    }

    private static NpgsqlParameter Texts(IEnumerable<string?> texts) =>
        OptionalParameter.Of(texts.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text);

    // No tag holds a comma.
    private static string Expression(Field<Customer> field, string column) => field.ColumnType switch
    {
        NpgsqlDbType.Array | NpgsqlDbType.Text => $"string_to_array({column}, ',')",
        NpgsqlDbType.Text => column,
        NpgsqlDbType.TimestampTz => $"{column}::timestamptz",
        var type => $"{column}::{type.ToString().ToLowerInvariant()}",
    };

    private static string? Text(object? value) => value switch
    {
        null => null,
        string text => text,
        string[] tags => string.Join(',', tags),
        DateTimeOffset time => time.ToString("O", CultureInfo.InvariantCulture),
        DateOnly date => date.ToString("O", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(format: null, CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };
}
