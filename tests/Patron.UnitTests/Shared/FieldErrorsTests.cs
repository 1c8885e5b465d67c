using Patron.Shared.Results;

namespace Patron.UnitTests.Shared;

public class FieldErrorsTests
{
    [Fact]
    public void Single_error_is_the_detail()
    {
        var error = Error.Invalid("email", "This field is required.");
        Assert.Equal(ErrorKind.Invalid, error.Kind);
        Assert.Equal("email: This field is required.", error.Detail);
        Assert.Equal(["This field is required."], error.Fields!["email"]);
    }

    [Fact]
    public void Several_errors_are_counted_without_duplicates()
    {
        var errors = new FieldErrors();
        Assert.False(errors.Any);
        errors.Add("email", "first");
        errors.Add("email", "second");
        errors.Add("email", "first");
        errors.Add("name", "third");
        Assert.True(errors.Any);
        var error = errors.ToError();
        Assert.Equal("2 fields aren't valid. email: first", error.Detail);
        Assert.Equal(["first", "second"], error.Fields!["email"]);
        Assert.Equal(["third"], error.Fields["name"]);
    }

    [Fact]
    public void Fields_are_renamed_to_the_callers_names()
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal) { ["password"] = "password1" };
        var renamed = Error.Invalid("password", "too short").WithFieldNames(names);
        Assert.Equal(["too short"], renamed.Fields!["password1"]);
        Assert.Equal("password1: too short", renamed.Detail);
        var rule = Error.Rule("conflict", "No.");
        Assert.Same(rule, rule.WithFieldNames(names));
    }
}
