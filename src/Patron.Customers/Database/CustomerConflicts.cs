using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Database;

/// <summary>Turns what the database's unique indexes refuse into an answer: the loser of a race hears a sentence.</summary>
internal static class CustomerConflicts
{
    /// <summary>Source 5's own words; programs compare them.</summary>
    public static readonly Error EmailTaken = Error.Rule("Customer with this email already exists");

    /// <summary>A drawn identifier was taken in the meantime: draw again.</summary>
    public static readonly Error IdentifierTaken = Error.Rule("An identifier was taken by another customer in the meantime; try again.");

    /// <summary>The account has a record in the organization already; who meets this asks for that one, or says so.</summary>
    public static readonly Error AlreadyCustomer = Error.Rule("This person is a customer of the organization already.");

    /// <summary>The answer for the loser of a race, where this is what the database says of it.</summary>
    public static Error? AnswerTo(Exception exception) => UniqueViolation.Constraint(exception) switch
    {
        "ux_customers_claimed_email" => EmailTaken,
        "ux_customers_user" => AlreadyCustomer,
        "ux_customers_username" or "ux_customers_customer_id" => IdentifierTaken,
        _ => null,
    };
}
