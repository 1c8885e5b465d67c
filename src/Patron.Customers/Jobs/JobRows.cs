using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using NpgsqlTypes;
using Patron.Customers.Customers;
using Patron.Customers.Schema;
using Patron.Shared.Database;
using Patron.Shared.Text;

namespace Patron.Customers.Jobs;

/// <summary>A customer as the preview saw it.</summary>
internal sealed record PreviewedRow(Guid CustomerUid, JobDecision Decision, long Fingerprint)
{
    /// <summary>Only a row that is to be changed has one.</summary>
    public long? StoredFingerprint => Decision.State == JobRowState.WouldChange ? Fingerprint : null;
}

/// <summary>A row that a worker is about to apply or take back.</summary>
internal sealed record PendingRow(int Place, Guid CustomerUid, JobRowState State, long? Fingerprint);

/// <summary>What has become of a row.</summary>
internal sealed record MarkedRow(int Place, JobRowState State, string? Reason = null, IReadOnlyList<string>? Fields = null);

/// <summary>
/// The rows of <c>customers.job_rows</c>: written by the preview, marked by each batch in its transaction. They hold no values of
/// customers; a fingerprint tells whether the values that the job touches are still those of the preview.
/// </summary>
public sealed class JobRows(DatabaseSession database)
{
    /// <summary>Rows of jobs that changed nothing are kept for a week, so that questions about them can be answered.</summary>
    public static HousekeepingTask Housekeeping { get; } = new(
        "rows of jobs without a change",
        """
        DELETE FROM customers.job_rows WHERE job_id IN (
            SELECT id FROM customers.jobs
            WHERE state IN ('expired', 'cancelled') AND changed = 0 AND finished_at < $1::timestamptz - interval '7 days')
        """);

    private const string PendingSql = """
        SELECT place, customer_uid, state, fingerprint FROM customers.job_rows WHERE job_id = $1 AND place > $2 ORDER BY place LIMIT $3
        """;

    private const string MarkSql = """
        UPDATE customers.job_rows r SET state = m.state, reason = m.reason, fields = string_to_array(m.fields, ','), fingerprint = NULL
        FROM unnest($2::int[], $3::text[], $4::text[], $5::text[]) AS m (place, state, reason, fields)
        WHERE r.job_id = $1 AND r.place = m.place
        """;

    private const string PreviewedSql = """
        UPDATE customers.jobs SET set_after = $2, total = total + $3, would_change = would_change + $4, unchanged = unchanged + $5,
            cannot = cannot + $6
        WHERE id = $1
        """;

    private const string MarkedSql = """
        UPDATE customers.jobs SET place = $2, changed = changed + $3, skipped = skipped + $4, undone = undone + $5, kept = kept + $6
        WHERE id = $1
        """;

    // Customers that were erased or merged have no row.
    private const string ListSql = """
        SELECT r.place, r.customer_uid, r.state, r.reason, r.fields, c.customer_id
        FROM customers.job_rows r LEFT JOIN customers.customers c ON c.organization_id = $4 AND c.uid = r.customer_uid
        WHERE r.job_id = $1 AND r.place > $2 AND ($3::text IS NULL OR r.state = $3) ORDER BY r.place LIMIT $5
        """;

    /// <summary>
    /// The fingerprint of these fields of the record. The salt is the job's own and is deleted when it ends, so nobody can try out values
    /// later.
    /// </summary>
    internal static long FingerprintOf(Job job, IReadOnlyList<Field<Customer>> fields, Customer customer)
    {
        var values = Encoding.UTF8.GetBytes(customer.Uid + fields.ToJson(customer));
        return BinaryPrimitives.ReadInt64LittleEndian(HMACSHA256.HashData(job.Salt!, values));
    }

    /// <summary>Adds the rows of a page of customers to the preview, and its figures to the job.</summary>
    internal async Task AddAsync(
        Job job, IReadOnlyList<PreviewedRow> rows, long lastId, CancellationToken cancellationToken)
    {
        await using (var copy = await database.Connection.BeginBinaryImportAsync(
            "COPY customers.job_rows (job_id, place, customer_uid, state, reason, fingerprint) FROM STDIN (FORMAT BINARY)",
            cancellationToken))
        {
            foreach (var (number, row) in rows.Index())
            {
                await copy.StartRowAsync(cancellationToken);
                await copy.WriteAsync(job.Id, NpgsqlDbType.Bigint, cancellationToken);
                await copy.WriteAsync(job.Rows.Total + number + 1, NpgsqlDbType.Integer, cancellationToken);
                await copy.WriteAsync(row.CustomerUid, NpgsqlDbType.Uuid, cancellationToken);
                await copy.WriteAsync(EnumNames<JobRowState>.Of(row.Decision.State), NpgsqlDbType.Text, cancellationToken);
                await WriteAsync(copy, row.Decision.Reason, NpgsqlDbType.Text, cancellationToken);
                await WriteAsync(copy, row.StoredFingerprint, NpgsqlDbType.Bigint, cancellationToken);
            }

            await copy.CompleteAsync(cancellationToken);
        }

        int Count(JobRowState state) => rows.Count(row => row.Decision.State == state);
        await database.ExecuteAsync(
            PreviewedSql, cancellationToken, job.Id, lastId, rows.Count, Count(JobRowState.WouldChange), Count(JobRowState.Unchanged),
            Count(JobRowState.Cannot));
    }

    /// <summary>The next rows after the job's place, in any state.</summary>
    internal Task<List<PendingRow>> ReadNextAsync(Job job, int limit, CancellationToken cancellationToken) => database.QueryAsync(
        PendingSql, row => new PendingRow(row.Int(), row.Uuid(), row.EnumValue<JobRowState>(), row.OptionalLong()), cancellationToken,
        job.Id, job.Place, limit);

    /// <summary>Marks rows and moves the job's place, in one round trip.</summary>
    internal async Task MarkAsync(Job job, int place, IReadOnlyList<MarkedRow> rows, CancellationToken cancellationToken)
    {
        int Count(params ReadOnlySpan<JobRowState> states)
        {
            var count = 0;
            foreach (var row in rows)
            {
                count += states.Contains(row.State) ? 1 : 0;
            }

            return count;
        }

        await using var batch = new NpgsqlBatch(database.Connection);
        if (rows.Count > 0)
        {
            batch.BatchCommands.Add(DatabaseQueries.BatchCommand(
                MarkSql, job.Id, rows.Select(row => row.Place).ToArray(),
                rows.Select(row => EnumNames<JobRowState>.Of(row.State)).ToArray(), Texts(rows.Select(row => row.Reason)),
                Texts(rows.Select(row => row.Fields is { Count: > 0 } fields ? string.Join(',', fields) : null))));
        }

        batch.BatchCommands.Add(DatabaseQueries.BatchCommand(
            MarkedSql, job.Id, place, Count(JobRowState.Changed), Count(JobRowState.Skipped),
            Count(JobRowState.Undone, JobRowState.PartlyUndone), Count(JobRowState.Kept)));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>A page of rows after a place, of one state or all.</summary>
    internal Task<List<JobRow>> ListAsync(Job job, JobRowState? state, int after, int limit, CancellationToken cancellationToken) =>
        database.QueryAsync(
            ListSql, ReadRow, cancellationToken, job.Id, after,
            OptionalParameter.Of(state is { } one ? EnumNames<JobRowState>.Of(one) : null, NpgsqlDbType.Text), job.OrganizationId, limit);

    private static Task WriteAsync(NpgsqlBinaryImporter copy, object? value, NpgsqlDbType type, CancellationToken cancellationToken) =>
        value is null ? copy.WriteNullAsync(cancellationToken) : copy.WriteAsync(value, type, cancellationToken);

    private static JobRow ReadRow(RowCursor row) =>
        new(row.Int(), row.Uuid(), row.EnumValue<JobRowState>(), row.OptionalText(), row.OptionalTexts() ?? [])
        {
            CustomerId = row.OptionalText(),
        };

    private static NpgsqlParameter Texts(IEnumerable<string?> texts) =>
        OptionalParameter.Of(texts.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text);
}
