package web

import "net/http"

func (s *Server) project(http.ResponseWriter, *http.Request) error { return errNoPage }
