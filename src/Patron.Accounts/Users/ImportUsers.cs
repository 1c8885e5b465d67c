using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Npgsql;
using Patron.Accounts.Database;
using Patron.Accounts.Organizations;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Imports;
using Patron.Shared.Results;

namespace Patron.Accounts.Users;

/// <summary>
/// Takes accounts over from another system, with their password hashes: customers of the home organization, whose records follow like
/// those of people who register, and written to by nobody. A line that breaks a rule, or whose address or user name is taken, is rejected alone.
/// Memory does not grow with the number of lines. Errors: 400 when it is to be all or nothing and a line was rejected.
/// </summary>
public sealed partial class ImportUsers(
    AccountsContext context, ICustomerRecords records, DatabaseSession database, HomeOrganization home, TimeProvider time, ILogger<ImportUsers> logger)
{
    /// <summary>Lines for one transaction.</summary>
    public const int BatchSize = 500;

    // Any constant; it only has to be the same in every process.
    private const long TurnLock = 0x5061_7455;

    private static readonly Error SomebodyCameFirst = Error.Rule("Another transaction came in between.");

    /// <summary>
    /// Imports the lines in batches and tells what became of each, in their order and once it is so. With
    /// <paramref name="allOrNothing"/> everything is one transaction, and what was told counts only if that succeeds.
    /// </summary>
    public async Task<Result<Done>> HandleAsync(
        Caller caller, IAsyncEnumerable<ImportLine<ImportedAccount>> lines, bool allOrNothing, Action<ImportedLine> tell, CancellationToken cancellationToken)
    {
        if (!allOrNothing)
        {
            await ImportAsync(caller, lines, tell, cancellationToken);
            return default(Done);
        }

        var rejected = 0L;
        await using var transaction = await database.BeginAsync(cancellationToken);
        await ImportAsync(caller, lines, line => { rejected += line.Rejection is null ? 0 : 1; tell(line); }, cancellationToken);
        if (rejected > 0)
        {
            return ImportRefusals.NotEveryLine;
        }

        return await transaction.CommitAsync(default(Done), cancellationToken);
    }

    private async Task ImportAsync(Caller caller, IAsyncEnumerable<ImportLine<ImportedAccount>> lines, Action<ImportedLine> tell, CancellationToken cancellationToken)
    {
        await foreach (var batch in lines.Chunk(BatchSize).WithCancellation(cancellationToken))
        {
            var users = batch.Select(line => new ReadLine(line.Number, ToUser(line.Content))).ToList();
            foreach (var line in await SaveInPartsAsync(caller, users, cancellationToken))
            {
                tell(line);
            }
        }
    }

    // What fails is undone whole; halves find the line that is to blame. All in one transaction fails whole.
    private async Task<IReadOnlyList<ImportedLine>> SaveInPartsAsync(Caller caller, List<ReadLine> lines, CancellationToken cancellationToken)
    {
        try
        {
            Result<IReadOnlyList<ImportedLine>> saved;
            do
            {
                // Somebody may take an address between the look and the save: the unique index says so, and the next look sees it.
                saved = await TrySaveAsync(caller, lines, cancellationToken);
            }
            while (saved.Error is not null);

            database.ForgetChanges();
            return saved.Value;
        }
        catch (Exception bug) when (!database.IsInTransaction && bug is not OperationCanceledException && !DatabaseFailure.IsAway(bug))
        {
            if (lines.Count == 1)
            {
                LogFailed(bug, lines[0].Number);
                return [new ImportedLine(lines[0].Number, ImportRefusals.Unexpected(bug))];
            }

            var half = lines.Count / 2;
            return [.. await SaveInPartsAsync(caller, lines[..half], cancellationToken), .. await SaveInPartsAsync(caller, lines[half..], cancellationToken)];
        }
    }

    private Result<User> ToUser(Result<ImportedAccount> content) =>
        content.Succeeded(out var account, out var error) ? account.ToUser(time.GetUtcNow()) : error;

    // A deadlock is lost against people who register with the address of one of these lines and the user name of another.
    private async Task<Result<IReadOnlyList<ImportedLine>>> TrySaveAsync(Caller caller, List<ReadLine> lines, CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginAsync(cancellationToken);
        try
        {
            return await transaction.CommitAsync(await SaveAsync(caller, lines, cancellationToken), cancellationToken);
        }
        catch (Exception exception) when (exception.GetBaseException() is PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected })
        {
            return SomebodyCameFirst;
        }
    }

    private async Task<Result<IReadOnlyList<ImportedLine>>> SaveAsync(Caller caller, List<ReadLine> lines, CancellationToken cancellationToken)
    {
        await TakeTurnAsync(cancellationToken);
        var taken = await FindTakenAsync(lines, cancellationToken);
        var told = new List<ImportedLine>(lines.Count);
        var added = new List<User>(lines.Count);
        foreach (var (number, content) in lines)
        {
            var rejection = content.Succeeded(out var user, out var error) ? taken.Take(user) : error.Sentence;
            told.Add(new ImportedLine(number, rejection));
            if (rejection is null)
            {
                Add(caller, user!);
                added.Add(user!);
            }
        }

        if (await context.TrySaveAsync(cancellationToken) is { } lost)
        {
            return lost;
        }

        await records.RegisteredAsync(caller, added, cancellationToken);
        return told;
    }

    // Two imports of the same people would wait for each other's rows in any order; so batches take turns, without a limit of time.
    private async Task TakeTurnAsync(CancellationToken cancellationToken)
    {
        var usual = context.Database.GetCommandTimeout();
        context.Database.SetCommandTimeout(0);
        await context.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({TurnLock})", cancellationToken);
        context.Database.SetCommandTimeout(usual);
    }

    private async Task<TakenNames> FindTakenAsync(List<ReadLine> lines, CancellationToken cancellationToken)
    {
        var users = lines.Where(line => line.User.Error is null).Select(line => line.User.Value).ToList();
        var emails = users.Select(user => user.NormalizedEmail).ToArray();
        var userNames = users.Where(user => user.NormalizedUserName is not null).Select(user => user.NormalizedUserName).ToArray();
        return new TakenNames(
            await context.Users.Where(user => emails.Contains(user.NormalizedEmail)).Select(user => user.NormalizedEmail!).ToListAsync(cancellationToken),
            await context.Users.Where(user => userNames.Contains(user.NormalizedUserName)).Select(user => user.NormalizedUserName!).ToListAsync(cancellationToken));
    }

    private void Add(Caller caller, User user)
    {
        var now = user.UpdatedAt;
        context.Users.Add(user);
        context.Members.Add(new OrganizationMember(home.Id, user.Id, OrganizationRole.Customer, now));
        context.Audit.Add(AuditEntry.For(caller, "account.imported", "account", user.Id, now, home.Id));
    }

    [LoggerMessage(LogLevel.Error, "Line {Line} could not be imported")]
    private partial void LogFailed(Exception bug, long line);

    private sealed record ReadLine(long Number, Result<User> User);

    /// <summary>The addresses and user names that the lines of a batch cannot have: other accounts' and earlier lines'.</summary>
    private sealed class TakenNames(IEnumerable<string> emails, IEnumerable<string> userNames)
    {
        private readonly HashSet<string> emails = new(emails, StringComparer.Ordinal);
        private readonly HashSet<string> userNames = new(userNames, StringComparer.Ordinal);

        /// <summary>Null where both were free, which they are no longer; else the sentence why not.</summary>
        public string? Take(User user)
        {
            if (emails.Contains(user.NormalizedEmail!))
            {
                return "An account with this e-mail address already exists.";
            }

            if (user.NormalizedUserName is not null && !userNames.Add(user.NormalizedUserName))
            {
                return "Another account has this user name.";
            }

            emails.Add(user.NormalizedEmail!);
            return null;
        }
    }
}
