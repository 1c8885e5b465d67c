using Npgsql;
using Patron.Customers.Customers;
using Patron.Customers.Schema;
using Patron.Customers.Search;
using Patron.Shared.Database;

namespace Patron.Customers.Jobs;

/// <summary>A locked customer, and whether it still matches the job's filter.</summary>
internal sealed record LockedCustomer(Customer Customer, bool Matches);

/// <summary>Reads and locks the customers of a job by its filter. They are read for a change.</summary>
public sealed class JobCustomers(DatabaseSession database, CriteriaReader reader)
{
    private const string AbsorbedSql = "SELECT uid FROM customers.absorbed WHERE organization_id = $1 AND uid = ANY ($2)";

    /// <summary>The numbers of the next customers that the preview has not seen, in ascending order.</summary>
    internal Task<List<long>> FindNextAsync(Job job, int limit, CancellationToken cancellationToken) => database.OnConnectionAsync(
        async connection =>
        {
            var conditions = await ConditionsAsync(connection, job, cancellationToken);
            var (after, until) = (conditions.AdditionalParameter(1), conditions.AdditionalParameter(2));
            var named = job.Uids is null ? "" : $" AND uid = ANY ({conditions.AdditionalParameter(3)})";
            var command = conditions.Command(
                $"""
                SELECT id FROM customers.customers WHERE {conditions.Sql} AND id > {after} AND id <= {until}{named}
                ORDER BY id LIMIT {limit}
                """,
                job.SetAfter, job.SetUntil);
            return await ReadAsync(connection, command, job.Uids, row => row.Long(), cancellationToken);
        },
        cancellationToken);

    /// <summary>Those of these customers that match the filter, without a lock, by ascending number.</summary>
    internal async Task<List<Customer>> ReadAsync(Job job, long[] ids, CancellationToken cancellationToken)
    {
        var conditions = await ConditionsAsync(database.Connection, job, cancellationToken);
        var command = conditions.Command(
            $"""
            SELECT {CustomerStore.Columns} FROM customers.customers c
            WHERE {conditions.Sql} AND id = ANY ({conditions.AdditionalParameter(1)}) ORDER BY id
            """);
        return await ReadAsync(database.Connection, command, ids, ReadCustomer, cancellationToken);
    }

    /// <summary>Locks these customers until the transaction ends, by ascending number like everybody who locks several.</summary>
    internal async Task<List<LockedCustomer>> LockAsync(Job job, Guid[] uids, CancellationToken cancellationToken)
    {
        var conditions = await ConditionsAsync(database.Connection, job, cancellationToken);
        var command = conditions.Command(
            $"""
            SELECT {CustomerStore.Columns}, ({conditions.Sql}) FROM customers.customers c
            WHERE organization_id = $1 AND uid = ANY ({conditions.AdditionalParameter(1)}) ORDER BY id FOR UPDATE
            """);
        return await ReadAsync(database.Connection, command, uids, ReadLocked, cancellationToken);
    }

    /// <summary>Those of these records that were merged into another one.</summary>
    internal async Task<HashSet<Guid>> FindAbsorbedAsync(Job job, Guid[] uids, CancellationToken cancellationToken) => uids.Length == 0
        ? []
        : [.. await database.QueryAsync(AbsorbedSql, row => row.Uuid(), cancellationToken, job.OrganizationId, uids)];

    private static LockedCustomer ReadLocked(RowCursor row)
    {
        var customer = row.Record(CustomerSchema.Fields.Columns, new Customer()).Track().ForReader(FieldReader.Staff);
        return new LockedCustomer(customer, row.Flag());
    }

    // Jobs are for staff, who see every field and may empty it.
    private static Customer ReadCustomer(RowCursor row) => CustomerStore.ReadTracked(row).ForReader(FieldReader.Staff);

    private static async Task<List<T>> ReadAsync<T>(
        NpgsqlConnection connection, NpgsqlBatchCommand command, Array? values, Func<RowCursor, T> read,
        CancellationToken cancellationToken)
    {
        if (values is not null)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = values });
        }

        await using var batch = new NpgsqlBatch(connection) { Timeout = 0 };
        batch.BatchCommands.Add(command);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(read(new RowCursor(reader)));
        }

        return rows;
    }

    // All customers of the organization where there are no criteria.
    private Task<CustomerConditions> ConditionsAsync(NpgsqlConnection connection, Job job, CancellationToken cancellationToken) =>
        reader.ReadAsync(connection, job.OrganizationId, job.Criteria ?? new CustomerCriteria(), accounts: null, cancellationToken);
}
