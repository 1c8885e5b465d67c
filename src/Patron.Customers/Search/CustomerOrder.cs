using Patron.Shared.Text;

namespace Patron.Customers.Search;

/// <summary>What searches are sorted by (contract, 'Dialect: customers').</summary>
public enum CustomerSort
{
    CreatedAt,
    UpdatedAt,
    FirstName,
    LastName,
    Email,
    Username,
    City,
    Country,
    CompanyName,
    LastLoginAt,
}

/// <summary>An order of rows: a column, how it is compared, and the number where that is equal. What is empty comes last.</summary>
internal sealed record CustomerOrder
{
    // As people sort names, whatever the server's locale.
    private const string AsPeopleDo = " COLLATE \"und-x-icu\"";

    private readonly string collation;
    private readonly string direction;

    private CustomerOrder(string column, string collation = "", bool isNullable = false, bool descending = false)
    {
        Column = column;
        this.collation = collation;
        // Only where there are nulls: otherwise an index would not be taken for the same order.
        direction = (descending ? " DESC" : "") + (isNullable && descending ? " NULLS LAST" : "");
        Tie = descending ? " DESC" : "";
    }

    /// <summary>By number, as lists come.</summary>
    public static CustomerOrder ByNumber { get; } = new("id");

    /// <summary>What lists can be ordered by besides: a column's name, with <c>-</c> before it the other way round; null for another word.</summary>
    public static CustomerOrder? Named(string word)
    {
        var descending = word.StartsWith('-');
        return (descending ? word[1..] : word) switch
        {
            "id" => new("id", descending: descending),
            "code" => new("code", descending: descending),
            "name" => new("name", AsPeopleDo, descending: descending),
            "phone" => new("phone", isNullable: true, descending: descending),
            "customer_type" => new("customer_type", descending: descending),
            "status" => new("status", descending: descending),
            var column => EnumNames<CustomerSort>.TryRead(column, out var sort) ? Of(sort, descending) : null,
        };
    }

    /// <summary>The words that <see cref="Named"/> takes.</summary>
    public static string Names { get; } = "id, code, name, phone, customer_type, status, " + string.Join(", ", Enum.GetValues<CustomerSort>().Select(EnumNames<CustomerSort>.Of));

    public string Column { get; }

    private string Tie { get; }

    public static CustomerOrder Of(CustomerSort sort, bool descending) => sort switch
    {
        CustomerSort.CreatedAt => new("created_at", descending: descending),
        CustomerSort.UpdatedAt => new("updated_at", descending: descending),
        CustomerSort.FirstName => new("first_name", AsPeopleDo, descending: descending),
        CustomerSort.LastName => new("last_name", AsPeopleDo, descending: descending),
        CustomerSort.Email => new("email_key", isNullable: true, descending: descending),
        CustomerSort.Username => new("username", descending: descending),
        CustomerSort.City => new("city", AsPeopleDo, isNullable: true, descending),
        CustomerSort.Country => new("country", AsPeopleDo, isNullable: true, descending),
        CustomerSort.CompanyName => new("company_name", AsPeopleDo, isNullable: true, descending),
        CustomerSort.LastLoginAt => new("last_login_at", isNullable: true, descending: descending),
        _ => throw new ArgumentOutOfRangeException(nameof(sort), sort, message: null),
    };

    /// <summary>The words behind ORDER BY for a column of this name that holds <see cref="Column"/>'s values, beside one called id.</summary>
    public string By(string column) => Column == "id" ? column + Tie : $"{column}{collation}{direction}, id{Tie}";
}
