using Npgsql;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Database;

/// <summary>Saves, and turns what the database's unique indexes refuse into an answer: the loser of a race hears a sentence.</summary>
internal static class SavingCustomers
{
    /// <summary>Source 5's own words; programs compare them.</summary>
    public static readonly Error EmailTaken = Error.Rule("Customer with this email already exists");

    /// <summary>A drawn identifier was taken in the meantime: draw again.</summary>
    public static readonly Error IdentifierTaken = Error.Rule("An identifier was taken by another customer in the meantime; try again.");

    /// <summary>The account has a record in the organization already; who meets this asks for that one, or says so.</summary>
    public static readonly Error AlreadyCustomer = Error.Rule("This person is a customer of the organization already.");

    /// <summary>Null when saved, else the answer for the loser.</summary>
    public static async Task<Error?> TrySaveAsync(this CustomersContext context, CancellationToken cancellation)
    {
        try
        {
            await context.SaveChangesAsync(cancellation);
            return null;
        }
        catch (Exception exception) when (AnswerTo(exception.GetBaseException()) is not null)
        {
            return AnswerTo(exception.GetBaseException());
        }
    }

    /// <summary>The answer for the loser of a race, where this is what the database says of it.</summary>
    public static Error? AnswerTo(Exception exception) => UniqueViolation.Constraint(exception) switch
    {
        "ux_customers_claimed_email" => EmailTaken,
        "ux_customers_user" => AlreadyCustomer,
        "ux_customers_username" or "ux_customers_customer_id" => IdentifierTaken,
        _ => null,
    };
}
