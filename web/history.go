package web

import "net/http"

func (s *Server) history(http.ResponseWriter, *http.Request) error { return errNoPage }
