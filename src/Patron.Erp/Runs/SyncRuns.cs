using Npgsql;
using NpgsqlTypes;
using Patron.Shared.Database;
using Patron.Shared.Text;

namespace Patron.Erp.Runs;

/// <summary>The rows of <c>erp.runs</c>: one of them is open at a time.</summary>
public sealed class SyncRuns(DatabaseSession database)
{
    private const string Columns = """
        state, mode, started_by, requested_by, due_at, requested_at, started_at, finished_at, runner, phase, cursor, since_cursor, read_partners, erp, figures, error
        """;

    private const string InsertSql = $"""
        INSERT INTO erp.runs ({Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) RETURNING id, {Columns}
        """;

    // Whoever works on the run writes; a predecessor that was thought dead finds that it is not its own any more.
    private const string UpdateSql = $"""
        UPDATE erp.runs SET ({Columns}) = ROW ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
        WHERE id = $17 AND runner IS NOT DISTINCT FROM $18
        """;

    /// <summary>The run that is open, if there is one.</summary>
    internal async Task<SyncRun?> FindOpenAsync(CancellationToken cancellationToken) =>
        (await WhereAsync("finished_at IS NULL", cancellationToken)).SingleOrDefault();

    /// <summary>The last run that succeeded.</summary>
    internal async Task<SyncRun?> FindLastSucceededAsync(CancellationToken cancellationToken) =>
        (await WhereAsync("state = 'succeeded' ORDER BY id DESC LIMIT 1", cancellationToken)).SingleOrDefault();

    internal Task<List<SyncRun>> WhereAsync(string condition, CancellationToken cancellationToken, params object[] values) =>
        database.QueryAsync($"SELECT id, {Columns} FROM erp.runs WHERE {condition}", Read, cancellationToken, values);

    /// <summary>The run with its number; null where another one is open, or was asked for by the same schedule.</summary>
    internal async Task<SyncRun?> TryInsertAsync(SyncRun run, CancellationToken cancellationToken)
    {
        try
        {
            return (await database.QueryAsync(InsertSql, Read, cancellationToken, ToParameters(run))).Single();
        }
        catch (PostgresException refusal) when (UniqueViolation.Constraint(refusal) is "ux_sync_runs_open" or "ux_sync_runs_due_at")
        {
            return null;
        }
    }

    /// <summary>Writes the run, where it is still this runner's; false where it is not.</summary>
    internal async Task<bool> TryUpdateAsync(SyncRun run, Guid? runner, CancellationToken cancellationToken) => await database.ExecuteAsync(
        UpdateSql, cancellationToken, [.. ToParameters(run), run.Id, OptionalParameter.Of(runner, NpgsqlDbType.Uuid)]) == 1;

    /// <summary>The run has come to this phase. False where another process has taken it over.</summary>
    internal async Task<bool> TryEnterAsync(SyncTicket ticket, SyncPhase phase, CancellationToken cancellationToken) => await database.ExecuteAsync(
        "UPDATE erp.runs SET phase = $3 WHERE id = $1 AND runner = $2", cancellationToken, ticket.RunId, ticket.Runner, Words<SyncPhase>.Of(phase)) == 1;

    private static object[] ToParameters(SyncRun run) =>
    [
        Words<SyncState>.Of(run.State), Words<SyncMode>.Of(run.Mode), Words<SyncStart>.Of(run.StartedBy), OptionalParameter.Of(run.RequestedBy, NpgsqlDbType.Uuid),
        OptionalParameter.Of(run.DueAt, NpgsqlDbType.TimestampTz), run.RequestedAt, OptionalParameter.Of(run.StartedAt, NpgsqlDbType.TimestampTz),
        OptionalParameter.Of(run.FinishedAt, NpgsqlDbType.TimestampTz), OptionalParameter.Of(run.Runner, NpgsqlDbType.Uuid), Words<SyncPhase>.Of(run.Phase),
        OptionalParameter.Of(run.Cursor, NpgsqlDbType.Text), OptionalParameter.Of(run.SinceCursor, NpgsqlDbType.Text), run.ReadPartners,
        OptionalParameter.Of(run.Erp, NpgsqlDbType.Text), OptionalParameter.Of(run.Figures, NpgsqlDbType.Jsonb), OptionalParameter.Of(run.Error, NpgsqlDbType.Text),
    ];

    private static SyncRun Read(RowCursor row) => new()
    {
        Id = row.Long(), State = row.Word<SyncState>(), Mode = row.Word<SyncMode>(), StartedBy = row.Word<SyncStart>(), RequestedBy = row.OptionalUuid(),
        DueAt = row.OptionalTime(), RequestedAt = row.Time(), StartedAt = row.OptionalTime(), FinishedAt = row.OptionalTime(), Runner = row.OptionalUuid(),
        Phase = row.Word<SyncPhase>(), Cursor = row.OptionalText(), SinceCursor = row.OptionalText(), ReadPartners = row.Long(), Erp = row.OptionalText(),
        Figures = row.OptionalText(), Error = row.OptionalText(),
    };
}
