"""The pages under Settings: a module a section. All of them are for administrators."""
