using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Patron.Customers.Database;

/// <summary>
/// Lets a query lock what it finds: EF has no word for <c>FOR UPDATE</c>, and around a locking subquery the condition would come too
/// late. So a query is tagged, and the words are put behind its SQL.
/// </summary>
internal sealed class RowLocks : DbCommandInterceptor
{
    /// <summary>The tag of a query that locks its rows until the transaction ends.</summary>
    public const string Tag = "for update";
    private const string Mark = $"-- {Tag}";

    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
    {
        if (command.CommandText.StartsWith(Mark, StringComparison.Ordinal))
        {
            command.CommandText += "\nFOR UPDATE";
        }

        return ValueTask.FromResult(result);
    }
}
