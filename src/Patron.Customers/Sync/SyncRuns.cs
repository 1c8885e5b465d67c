using Npgsql;
using NpgsqlTypes;
using Patron.Customers.Database;
using Patron.Customers.Schema;
using Patron.Shared.Database;
using static Patron.Customers.Schema.FieldKinds;

namespace Patron.Customers.Sync;

/// <summary>The rows of <c>customers.sync_runs</c>: one of them is open at a time.</summary>
public sealed class SyncRuns(DatabaseSession database)
{
    private static readonly FieldKind<string?> OptionalJson = new SystemKind<string?>(NpgsqlDbType.Jsonb, "object", null, (row, ordinal) => row.GetString(ordinal), (writer, value) => writer.WriteRawValue(value!));

    private static readonly RecordSchema<SyncRun> Fields = new(
        new Field<SyncRun, long>("id", Long, run => run.Id, (run, value) => run.Id = value) { Column = FieldColumn.Generated },
        new Field<SyncRun, SyncState>("state", Word<SyncState>(), run => run.State, (run, value) => run.State = value),
        new Field<SyncRun, SyncMode>("mode", Word<SyncMode>(), run => run.Mode, (run, value) => run.Mode = value),
        new Field<SyncRun, SyncStart>("started_by", Word<SyncStart>(), run => run.StartedBy, (run, value) => run.StartedBy = value),
        new Field<SyncRun, Guid?>("requested_by", OptionalUuid, run => run.RequestedBy, (run, value) => run.RequestedBy = value),
        new Field<SyncRun, DateTimeOffset?>("due_at", OptionalTime, run => run.DueAt, (run, value) => run.DueAt = value),
        new Field<SyncRun, DateTimeOffset>("requested_at", Time, run => run.RequestedAt, (run, value) => run.RequestedAt = value),
        new Field<SyncRun, DateTimeOffset?>("started_at", OptionalTime, run => run.StartedAt, (run, value) => run.StartedAt = value),
        new Field<SyncRun, DateTimeOffset?>("finished_at", OptionalTime, run => run.FinishedAt, (run, value) => run.FinishedAt = value),
        new Field<SyncRun, Guid?>("runner", OptionalUuid, run => run.Runner, (run, value) => run.Runner = value),
        new Field<SyncRun, SyncPhase>("phase", Word<SyncPhase>(), run => run.Phase, (run, value) => run.Phase = value),
        new Field<SyncRun, long>("after_id", Long, run => run.AfterId, (run, value) => run.AfterId = value),
        new Field<SyncRun, DateTimeOffset?>("since", OptionalTime, run => run.Since, (run, value) => run.Since = value),
        new Field<SyncRun, DateTimeOffset?>("watermark", OptionalTime, run => run.Watermark, (run, value) => run.Watermark = value),
        new Field<SyncRun, long>("read_partners", Long, run => run.ReadPartners, (run, value) => run.ReadPartners = value),
        new Field<SyncRun, string?>("erp", OptionalText, run => run.Erp, (run, value) => run.Erp = value),
        new Field<SyncRun, string?>("figures", OptionalJson, run => run.Figures, (run, value) => run.Figures = value),
        new Field<SyncRun, string?>("error", OptionalText, run => run.Error, (run, value) => run.Error = value));

    private static readonly string SelectSql = $"SELECT {Fields.All.Names()} FROM customers.sync_runs";

    private static readonly string InsertSql = $"""
        INSERT INTO customers.sync_runs ({Fields.Inserted.Names()})
        VALUES ({string.Join(", ", Enumerable.Range(1, Fields.Inserted.Count).Select(place => $"${place}"))}) RETURNING {Fields.All.Names()}
        """;

    // Whoever works on the run writes; a predecessor that was thought dead finds that it is not its own any more.
    private static readonly string UpdateSql = $"""
        UPDATE customers.sync_runs SET {string.Join(", ", Fields.Updated.Select((field, place) => $"{field.Name} = ${place + 3}"))}
        WHERE id = $1 AND runner IS NOT DISTINCT FROM $2
        """;

    /// <summary>The run that is open, if there is one.</summary>
    internal async Task<SyncRun?> FindOpenAsync(CancellationToken cancellationToken) =>
        (await WhereAsync("finished_at IS NULL", cancellationToken)).SingleOrDefault();

    /// <summary>The last run that succeeded.</summary>
    internal async Task<SyncRun?> FindLastSucceededAsync(CancellationToken cancellationToken) =>
        (await WhereAsync("state = 'succeeded' ORDER BY id DESC LIMIT 1", cancellationToken)).SingleOrDefault();

    internal Task<List<SyncRun>> WhereAsync(string condition, CancellationToken cancellationToken, params object[] values) =>
        database.QueryAsync($"{SelectSql} WHERE {condition}", Read, cancellationToken, values);

    /// <summary>The run with its number; null where another one is open, or was asked for by the same schedule.</summary>
    internal async Task<SyncRun?> TryInsertAsync(SyncRun run, CancellationToken cancellationToken)
    {
        try
        {
            return (await database.QueryAsync(InsertSql, Read, cancellationToken, [.. Fields.Inserted.Select(field => field.ToParameter(run))])).Single();
        }
        catch (PostgresException refusal) when (UniqueViolation.Constraint(refusal) is "ux_sync_runs_open" or "ux_sync_runs_due_at")
        {
            return null;
        }
    }

    /// <summary>Writes the run, where it is still this runner's; false where it is not.</summary>
    internal async Task<bool> TryUpdateAsync(SyncRun run, Guid? runner, CancellationToken cancellationToken) => await database.ExecuteAsync(
        UpdateSql, cancellationToken, [run.Id, OptionalParameter.Of(runner, NpgsqlDbType.Uuid), .. Fields.Updated.Select(field => field.ToParameter(run))]) == 1;

    private static SyncRun Read(RowCursor row) => row.Record(Fields.Columns, new SyncRun());
}
