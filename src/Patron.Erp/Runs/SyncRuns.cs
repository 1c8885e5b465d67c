using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Patron.Erp.Partners;
using Patron.Shared.Database;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Erp.Runs;

/// <summary>
/// The rows of <c>erp.runs</c>, of which at most one is open. The process that holds the lease stores its progress, so that another one can
/// continue, and the result.
/// </summary>
public sealed class SyncRuns(DatabaseSession database, TimeProvider time)
{
    private const string Columns = """
        state, mode, started_by, requested_by, due_at, requested_at, started_at, finished_at, runner, phase, cursor, since_cursor, read_partners, erp, figures, error
        """;

    private const string InsertSql = $"""
        INSERT INTO erp.runs ({Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) RETURNING id, {Columns}
        """;

    // Only the process that works on the run may write. A presumed dead predecessor has another runner.
    private const string UpdateSql = $"""
        UPDATE erp.runs SET ({Columns}) = ROW ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
        WHERE id = $17 AND runner IS NOT DISTINCT FROM $18
        """;

    public async Task<SyncRun?> FindOpenAsync(CancellationToken cancellationToken) =>
        (await WhereAsync("finished_at IS NULL", cancellationToken)).SingleOrDefault();

    internal async Task<SyncRun?> FindLastSucceededAsync(CancellationToken cancellationToken) =>
        (await WhereAsync("state = 'succeeded' ORDER BY id DESC LIMIT 1", cancellationToken)).SingleOrDefault();

    /// <summary>The finished runs after this number, in order; only the last one for 0.</summary>
    public async Task<IReadOnlyList<SyncRun>> EndedAfterAsync(long id, CancellationToken cancellationToken) => id > 0
        ? await WhereAsync("finished_at IS NOT NULL AND id > $1 ORDER BY id", cancellationToken, id)
        : await WhereAsync("finished_at IS NOT NULL ORDER BY id DESC LIMIT 1", cancellationToken);

    /// <summary>
    /// Opens the open run to continue it, or a new one. An incremental run starts where the last successful one ended; without one, or with
    /// <paramref name="full"/>, everything is read. Errors: 400 where the stored partners belong to another ERP.
    /// </summary>
    public async Task<Result<SyncRun>> OpenAsync(bool full, string erp, bool isSameErp, CancellationToken cancellationToken)
    {
        var last = await FindLastSucceededAsync(cancellationToken);
        if (last is not null && last.Erp != erp && !isSameErp)
        {
            return Error.Rule(
                "another_erp", $"The known partners came from {last.Erp}, but the settings name {erp} now, where the same ids may be other people. If it's the same ERP, moved or renamed, run it once with --same-erp.");
        }

        while (true)
        {
            var now = time.GetDatabaseNow();
            // If somebody requests a run right now, use that one.
            var run = await FindOpenAsync(cancellationToken)
                ?? await TryInsertAsync(
                    SyncRun.Request(full ? SyncMode.Full : SyncMode.Incremental, SyncTrigger.Command, requestedBy: null, dueAt: null, now),
                    cancellationToken);
            if (run is not null)
            {
                var before = run.Runner;
                run.Start(Guid.CreateVersion7(now), full || run.Mode == SyncMode.Full, erp, last?.Cursor, now);
                if (await TryUpdateAsync(run, before, cancellationToken))
                {
                    return run;
                }
            }
        }
    }

    public Task<bool> SucceedAsync(FencingToken fencingToken, SyncFigures figures, CancellationToken cancellationToken) =>
        EndAsync(
            fencingToken, run => run.Succeed(JsonSerializer.Serialize(figures, ErpJson.Default.SyncFigures), time.GetDatabaseNow()),
            cancellationToken);

    /// <summary>Ends the run with an error; the sentence is the reason.</summary>
    public Task<bool> FailAsync(FencingToken fencingToken, string reason, CancellationToken cancellationToken) =>
        EndAsync(fencingToken, run => run.Fail(InputText.Storable(reason), time.GetDatabaseNow()), cancellationToken);

    /// <summary>
    /// Ends the open run, which cannot start, with an error. Only for the holder of the lease. Returns its number, or null where no run is
    /// open.
    /// </summary>
    public async Task<long?> FailOpenAsync(string reason, CancellationToken cancellationToken)
    {
        if (await FindOpenAsync(cancellationToken) is not { } run)
        {
            return null;
        }

        var before = run.Runner;
        run.Fail(InputText.Storable(reason), time.GetDatabaseNow());
        return await TryUpdateAsync(run, before, cancellationToken) ? run.Id : null;
    }

    /// <summary>
    /// Makes the next run a full one: after a restore, because changes that were read after the restored moment are not known any more. A
    /// run that was open at that moment ends.
    /// </summary>
    public async Task RequireFullAsync(CancellationToken cancellationToken)
    {
        await FailOpenAsync("The database was restored from a backup while this run was open.", cancellationToken);
        await database.ExecuteAsync("UPDATE erp.runs SET cursor = NULL WHERE cursor IS NOT NULL", cancellationToken);
    }

    private async Task<bool> EndAsync(FencingToken fencingToken, Action<SyncRun> end, CancellationToken cancellationToken)
    {
        var found = await WhereAsync("id = $1 AND runner = $2", cancellationToken, fencingToken.RunId, fencingToken.Runner);
        if (found.SingleOrDefault() is not { } run)
        {
            return false;
        }

        end(run);
        return await TryUpdateAsync(run, fencingToken.Runner, cancellationToken);
    }

    internal Task<List<SyncRun>> WhereAsync(string condition, CancellationToken cancellationToken, params object[] values) =>
        database.QueryAsync($"SELECT id, {Columns} FROM erp.runs WHERE {condition}", Read, cancellationToken, values);

    /// <summary>Inserts the run; null where another one is open, or has the same scheduled time.</summary>
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

    /// <summary>Updates the run if it still belongs to this runner; false if not.</summary>
    internal async Task<bool> TryUpdateAsync(SyncRun run, Guid? runner, CancellationToken cancellationToken) => await database.ExecuteAsync(
        UpdateSql, cancellationToken, [.. ToParameters(run), run.Id, OptionalParameter.Of(runner, NpgsqlDbType.Uuid)]) == 1;

    /// <summary>Stores the phase. False where another process has taken over the run.</summary>
    public async Task<bool> SetPhaseAsync(FencingToken fencingToken, SyncPhase phase, CancellationToken cancellationToken) =>
        await database.ExecuteAsync(
        "UPDATE erp.runs SET phase = $3 WHERE id = $1 AND runner = $2", cancellationToken, fencingToken.RunId, fencingToken.Runner,
        EnumNames<SyncPhase>.Of(phase)) == 1;

    private static object[] ToParameters(SyncRun run) =>
    [
        EnumNames<SyncState>.Of(run.State), EnumNames<SyncMode>.Of(run.Mode), EnumNames<SyncTrigger>.Of(run.StartedBy),
        OptionalParameter.Of(run.RequestedBy, NpgsqlDbType.Uuid),
        OptionalParameter.Of(run.DueAt, NpgsqlDbType.TimestampTz), run.RequestedAt,
        OptionalParameter.Of(run.StartedAt, NpgsqlDbType.TimestampTz),
        OptionalParameter.Of(run.FinishedAt, NpgsqlDbType.TimestampTz), OptionalParameter.Of(run.Runner, NpgsqlDbType.Uuid),
        EnumNames<SyncPhase>.Of(run.Phase),
        OptionalParameter.Of(run.Cursor, NpgsqlDbType.Text), OptionalParameter.Of(run.SinceCursor, NpgsqlDbType.Text), run.ReadPartners,
        OptionalParameter.Of(run.Erp, NpgsqlDbType.Text), OptionalParameter.Of(run.Figures, NpgsqlDbType.Jsonb),
        OptionalParameter.Of(run.Error, NpgsqlDbType.Text),
    ];

    private static SyncRun Read(RowCursor row) => new()
    {
        Id = row.Long(), State = row.EnumValue<SyncState>(), Mode = row.EnumValue<SyncMode>(), StartedBy = row.EnumValue<SyncTrigger>(),
        RequestedBy = row.OptionalUuid(),
        DueAt = row.OptionalTime(), RequestedAt = row.Time(), StartedAt = row.OptionalTime(), FinishedAt = row.OptionalTime(),
        Runner = row.OptionalUuid(),
        Phase = row.EnumValue<SyncPhase>(), Cursor = row.OptionalText(), SinceCursor = row.OptionalText(), ReadPartners = row.Long(),
        Erp = row.OptionalText(),
        Figures = row.OptionalText(), Error = row.OptionalText(),
    };
}
